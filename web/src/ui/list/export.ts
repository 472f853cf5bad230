import type { Column } from "./definition";

/** Rows as CSV, as spreadsheets read it: a cell that would be a formula is marked as text. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ text }) => text(row)))];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** Rows as JSON, with the ids of the columns. */
export function jsonOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const items = rows.map((row) => Object.fromEntries(columns.map(({ id, text }) => [id, text(row)])));
  return `${JSON.stringify(items, null, 2)}\n`;
}

/** Has the browser keep a text as a file. */
export function keep(fileName: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}

function quoted(cell: string): string {
  // A telephone number is no formula.
  const isFormula = /^[=@\t\r]|^[+-](?!\d*$)/.test(cell);
  const text = isFormula ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
