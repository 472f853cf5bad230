import type { NewAppTemplate, TemplateKind } from "../../api/__generated__/schema";

/** A template, as it is typed: of an attendant or a queue that is there. */
export type TemplateDraft = { name: string; description: string; type: TemplateKind; app: string };

export function newOf({ name, description, type, app }: TemplateDraft): NewAppTemplate {
  return { name: name.trim(), description: description.trim(), [type]: app };
}
