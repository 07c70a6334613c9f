// Draws the API reference. A file of its own, because the page allows no inline scripts.
const script = document.currentScript;
Redoc.init(
  script.dataset.spec,
  {
    // Redoc writes its styles at run time; the nonce lets these in and no others.
    nonce: script.nonce,
    expandResponses: "200,201",
    hideLoading: true,
    jsonSamplesExpandLevel: 4,
    requiredPropsFirst: true,
    theme: {
      colors: { primary: { main: "#1d5f4f" } },
      sidebar: { width: "280px" },
      typography: {
        fontFamily:
          'system-ui, -apple-system, "Apple SD Gothic Neo", "Noto Sans KR", "Malgun Gothic", sans-serif',
        headings: { fontFamily: "inherit" },
      },
    },
  },
  document.getElementById("reference"),
);
