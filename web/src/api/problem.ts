import type { Problem } from "./__generated__/schema";

/** The server refused, and said why. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly status: number,
  ) {
    super(problem.detail);
  }

  /** What is wrong with one field, if something is. */
  ofField(field: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === field)?.message;
  }
}

/** The server did not answer. */
export class Away extends Error {}

/** Something answered that is not our server, such as a proxy. */
export class Strange extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/** Whether what came back says why it was refused. RFC 9457 */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value && "title" in value;
}

/** Whether an error is a refusal with this status. */
export function hasStatus(error: unknown, status: number): error is Refusal {
  return error instanceof Refusal && error.status === status;
}

/** What is thrown where a list that was read again has not what was opened. */
export function gone(): Refusal {
  return new Refusal({ type: "about:blank", title: "Not found", status: 404, code: "not_found", detail: "it is not there any more" }, 404);
}
