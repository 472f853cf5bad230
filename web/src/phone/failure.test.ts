import { expect, test } from "vitest";
import { failureOf, microphoneFailure, wordsOf } from "./failure";

test("each refusal has words of its own, and hanging up is none", () => {
  expect(failureOf(486, "Busy")).toBe("busy");
  expect(failureOf(404, "Not Found")).toBe("notFound");
  expect(failureOf(480, "Unavailable")).toBe("unreachable");
  expect(failureOf(403, "Rejected")).toBe("notAllowed");
  expect(failureOf(599, "SIP Failure Code")).toBe("other");
  expect(failureOf(undefined, "Connection Error")).toBe("away");
  expect(failureOf(undefined, "User Denied Media Access")).toBe("microphoneForbidden");
  expect(failureOf(undefined, "Canceled")).toBeUndefined();
  expect(failureOf(undefined, "Terminated")).toBeUndefined();
});

test("what keeps a microphone closed is told apart", () => {
  expect(microphoneFailure(new DOMException("", "NotAllowedError"))).toBe("microphoneForbidden");
  expect(microphoneFailure(new DOMException("", "NotFoundError"))).toBe("noMicrophone");
  expect(microphoneFailure(new DOMException("", "NotReadableError"))).toBe("microphoneBusy");
});

test("the server's reason is read", () => {
  expect(wordsOf('SIP;cause=403;text="this account has no license to call"')).toBe("this account has no license to call");
  expect(wordsOf("SIP;cause=403")).toBeUndefined();
  expect(wordsOf(undefined)).toBeUndefined();
});
