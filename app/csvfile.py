"""CSV files as people have them: from Excel, with Korean headers, in UTF-8 or CP949."""

import codecs
import csv
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

ROWS_MAX = 1_000_000
BYTES_MAX = 512 * 1024 * 1024
CELL_MAX = 10_000
ERROR_COLUMN = "오류"

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MONEY = re.compile(r"[₩￦]?\s*([0-9][0-9,]{0,20})\s*원?")
_BLANK = re.compile(r"[\s_\-.*()\[\]/·]+")


class Unreadable(Exception):
    """The file is not what it should be. The message is for the operator, in Korean."""


@dataclass(frozen=True)
class Column:
    """A column: our name for it, and what its header may read, the best first."""

    name: str
    headers: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Row:
    """A row: its line in the file, its cells as they stand, and by column name.

    ``cells`` holds only cells that say something. ``fault`` is what makes the row
    unreadable, if anything does.
    """

    number: int
    raw: list[str]
    cells: dict[str, str]
    fault: str | None = None


@dataclass(frozen=True)
class Table:
    """A CSV file whose header is understood. It can be read several times."""

    path: Path
    encoding: str
    header: list[str]
    positions: Mapping[str, int]
    ignored: tuple[str, ...]

    def label(self, name: str) -> str:
        """Return the header of a column as the file has it."""
        position = self.positions.get(name)
        return name if position is None else self.header[position]

    def rows(self) -> Iterator[Row]:
        """Yield every row that is not blank.

        :raises Unreadable: too many rows, or a quote that never ends
        """
        with self.path.open(encoding=self.encoding, newline="") as file:
            for count, (number, raw) in enumerate(_lines(file)):
                if count > ROWS_MAX:
                    raise Unreadable(f"한 파일에 {ROWS_MAX:,}줄까지 돼요. 나누어 주세요.")
                if count and any(cell.strip() for cell in raw):
                    yield self._row(number, raw)

    def _row(self, number: int, raw: list[str]) -> Row:
        if len(raw) != len(self.header):
            fault = (
                f"칸이 {len(self.header)}개여야 하는데 {len(raw)}개예요."
                " 쉼표와 따옴표를 확인해 주세요."
            )
            return Row(number, raw, {}, fault)
        if any(len(cell) > CELL_MAX for cell in raw):
            return Row(number, raw, {}, f"한 칸에 {CELL_MAX:,}자까지 쓸 수 있어요.")
        cells = {
            name: text
            for name, position in self.positions.items()
            if (text := unescaped(raw[position]).strip())
        }
        return Row(number, raw, cells)


def open_table(path: Path, columns: Sequence[Column]) -> Table:
    """Find out a file's encoding and which of its columns is which.

    :raises Unreadable: too large, not text, or without a required column
    """
    if path.stat().st_size > BYTES_MAX:
        raise Unreadable(f"파일이 {BYTES_MAX >> 20} MB보다 커요. 나누어 주세요.")
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        header = next((raw for _, raw in _lines(file)), [])
    positions, ignored = _matched(header, columns)
    missing = [column for column in columns if column.required and column.name not in positions]
    if missing:
        names = ", ".join(f"{column.name}({'·'.join(column.headers)})" for column in missing)
        raise Unreadable(f"꼭 필요한 열이 없어요: {names}. 첫 줄에 열 이름이 있는지 확인해 주세요.")
    return Table(path, encoding, header, positions, ignored)


def encoding_of(path: Path) -> str:
    """Return ``utf-8-sig`` (with or without BOM) or ``cp949``.

    :raises Unreadable: it is neither
    """
    for encoding in ("utf-8-sig", "cp949"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(
        "UTF-8도 CP949도 아닌 파일이에요. 엑셀에서 'CSV UTF-8(쉼표로 분리)'로 저장해 주세요."
    )


def escaped(cell: str) -> str:
    """Return a cell that spreadsheets show as it is and do not calculate.

    >>> escaped("=1+1"), escaped("김단골")
    ("'=1+1", '김단골')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unescaped(cell: str) -> str:
    """Return what :func:`escaped` was given.

    >>> unescaped(escaped("+82 10 1234 5678"))
    '+82 10 1234 5678'
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def whole_number(cell: str) -> int | str:
    """Return a number as shops write it, or the text as it stands, for a schema to refuse.

    >>> whole_number("2,550원"), whole_number("2550.5")
    (2550, '2550.5')
    """
    match = _MONEY.fullmatch(cell)
    return int(match[1].replace(",", "")) if match else cell


class ErrorFile:
    """The bad rows of a file, in its own columns, with the reason beside each.

    It can be mended and imported as it is. It holds personal data as the original
    does, so only its owner may read it. Without a bad row no file is made.
    """

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path = path
        self.rows = 0
        self._header = header
        self._file: IO[str] | None = None

    def __enter__(self) -> "ErrorFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, row: Row, reason: str) -> None:
        # A file that is imported again has the column already, perhaps not at the end.
        kept = [index for index, name in enumerate(self._header) if name != ERROR_COLUMN]
        if self._file is None:
            self._file = self._opened()
            self._put([*(self._header[index] for index in kept), ERROR_COLUMN])
        if len(row.raw) == len(self._header):
            cells = [row.raw[index] for index in kept]
        else:
            cells = [*row.raw, *[""] * len(kept)][: len(kept)]
        self._put([*cells, reason])
        self.rows += 1

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def _put(self, cells: Sequence[str]) -> None:
        csv.writer(self._file).writerow([escaped(unescaped(cell)) for cell in cells])  # type: ignore[arg-type]

    def _opened(self) -> IO[str]:
        try:
            self.path.unlink(missing_ok=True)  # an older one may be readable by others
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise Unreadable(
                f"오류 파일 {self.path}을(를) 만들 수 없어요. --errors로 다른 곳을 알려 주세요."
            ) from error
        # With a BOM, or Excel takes it for CP949.
        return os.fdopen(handle, "w", encoding="utf-8-sig", newline="")


def _lines(file: IO[str]) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(1 << 20)
    reader = csv.reader(file, strict=True)
    start = 1
    try:
        for raw in reader:
            yield start, raw
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            f"{start}번째 줄의 따옴표를 확인해 주세요. 열었으면 닫아야 하고, 안에서는 두 번 써요."
        ) from error


def _matched(
    header: list[str], columns: Sequence[Column]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return where each column is, and the headers that none of them uses."""
    plain = [_plain(name) for name in header]
    positions: dict[str, int] = {}
    for column in columns:
        for name in (column.name, *column.headers):
            found = [index for index, text in enumerate(plain) if text == _plain(name)]
            if len(found) > 1:
                raise Unreadable(f"'{header[found[0]]}' 열이 두 번 있어요. 하나만 남겨 주세요.")
            if found:
                positions[column.name] = found[0]
                break
    used = set(positions.values())
    ignored = tuple(
        name
        for index, name in enumerate(header)
        if index not in used and name.strip() and name != ERROR_COLUMN
    )
    return positions, ignored


def _plain(header: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", header)).casefold()
