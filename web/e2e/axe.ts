import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong with a page for people who see or hear little, or have no mouse. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const found: unknown = await page.evaluate("axe.run().then((result) => result.violations)");
  if (!Array.isArray(found)) throw new Error("axe found nothing to look at");
  return found.flatMap(({ id, help, nodes }: { id: string; help: string; nodes: { target: unknown; failureSummary: string }[] }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${JSON.stringify(target)} ${failureSummary}`),
  );
}
