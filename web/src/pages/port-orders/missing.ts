import type { PortDocument, PortDocumentKind } from "../../api/__generated__/schema";

export const DOCUMENT_KINDS = ["bill", "letter_of_authorization", "other"] as const satisfies readonly PortDocumentKind[];

/** Which papers carriers ask for that nobody attached yet. */
export function missingOf(needed: readonly PortDocumentKind[], documents: readonly Pick<PortDocument, "kind">[]): PortDocumentKind[] {
  return needed.filter((kind) => !documents.some((document) => document.kind === kind));
}
