import { paths } from "../paths";

/** A path of these pages; what leads elsewhere leads to the first page. */
export function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : paths.start;
}
