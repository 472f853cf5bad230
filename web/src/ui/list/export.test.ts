import { expect, test } from "vitest";
import { csvOf, jsonOf } from "./export";

const columns = [
  { id: "name", title: "Name", text: (row: { name: string; number: string }) => row.name },
  { id: "number", title: "Number", text: (row: { name: string; number: string }) => row.number },
];

test("a comma, a quote and a line end stay in their cell", () => {
  const csv = csvOf([{ name: 'Ann "A", of\nSales', number: "+14255550101" }], columns);
  expect(csv).toBe('Name,Number\r\n"Ann ""A"", of\nSales",+14255550101\r\n');
});

test.each(["=1+1", "@SUM(A1)", "+1+cmd", "-2+3", "\t=1"])("%j is no formula in a spreadsheet", (name) => {
  expect(csvOf([{ name, number: "" }], columns)).toContain(`'${name}`);
});

test("JSON has the ids of the columns", () => {
  expect(JSON.parse(jsonOf([{ name: "Ann", number: "1" }], columns))).toEqual([{ name: "Ann", number: "1" }]);
});
