// Draws a picture above each table that asks for one (data-chart). The table stays: it is what
// screen readers read, and all there is without JavaScript.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches
    && document.documentElement.dataset.bsTheme === "dark";

  const text = (cell) => cell.textContent.trim();
  const numbers = (row) => [...row.cells].slice(1).map((cell) => cell.dataset.value === undefined ? null : Number(cell.dataset.value));

  const read = (table) => {
    const heads = [...table.tHead.rows[0].cells].map(text);
    const rows = [...table.tBodies[0].rows];
    return {
      heads: heads.slice(1),
      units: [...rows[0].cells].slice(1).map((cell) => cell.dataset.unit),
      names: rows.map((row) => text(row.cells[0])),
      values: rows.map(numbers),
    };
  };

  const format = (unit) => (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (unit === "percent") return (value * 100).toFixed(1) + "%";
    return Number(value).toLocaleString() + ({ won: "원", point: "P", day: "일" }[unit] || "");
  };

  const series = (data, type) => {
    // Columns of the first column's unit: a count of people does not stand beside points.
    const unit = data.units[0];
    return {
      color: ["#17594a", "#2f6fb3", "#b8541a", "#7a4fa3", "#5b6770", "#a3842b"],
      tooltip: { trigger: "axis", valueFormatter: format(unit) },
      legend: { top: 0 },
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: data.names },
      yAxis: { type: "value", axisLabel: { formatter: format(unit) } },
      series: data.heads.map((name, at) => ({ name, at })).filter(({ at }) => data.units[at] === unit)
        .map(({ name, at }) => ({ name, type, showSymbol: data.names.length < 30, data: data.values.map((row) => row[at]) })),
    };
  };

  const heat = (data) => {
    const percent = data.units.lastIndexOf("percent") >= 0;
    const from = percent ? data.units.indexOf("percent") : 0;
    const unit = data.units[from];
    const points = [];
    data.values.forEach((row, y) => row.slice(from).forEach((value, x) => { if (value !== null) points.push([x, y, value]); }));
    const most = Math.max(...points.map((point) => point[2]), 0);
    return {
      tooltip: { formatter: ({ value }) => `${data.names[value[1]]} · ${data.heads[from + value[0]]}: ${format(unit)(value[2])}` },
      grid: { left: 8, right: 16, top: 8, bottom: 48, containLabel: true },
      xAxis: { type: "category", data: data.heads.slice(from), splitArea: { show: true } },
      yAxis: { type: "category", data: data.names, inverse: true, splitArea: { show: true } },
      visualMap: { min: 0, max: most || 1, orient: "horizontal", left: "center", bottom: 0, inRange: { color: ["#eef4f2", "#17594a"] }, formatter: format(unit) },
      series: [{ type: "heatmap", data: points, label: { show: data.heads.length < 8, formatter: ({ value }) => format(unit)(value[2]) } }],
    };
  };

  for (const table of document.querySelectorAll("table[data-chart]")) {
    const data = read(table);
    const box = document.createElement("div");
    box.className = "chart";
    table.closest(".table-responsive").before(box);
    const chart = window.echarts.init(box, dark ? "dark" : null, { renderer: "svg" });
    const options = { bars: () => series(data, "bar"), lines: () => series(data, "line"), heat: () => heat(data) };
    chart.setOption({ ...options[table.dataset.chart](), aria: { enabled: true, decal: { show: true } }, animation: false });
    box.setAttribute("aria-hidden", "true"); // the table beside it says the same
    window.addEventListener("resize", () => chart.resize());
  }
})();
