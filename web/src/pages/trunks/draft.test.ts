import { expect, test } from "vitest";
import type { Trunk } from "../../api/__generated__/schema";
import { changeOf, draftOf, newOf } from "./draft";

// The description says only that settings are an object; each trunk has all of them.
const settings: Trunk["settings"] = JSON.parse('{"prack":"supported","site":null}');
const trunk: Trunk = {
  id: "a",
  name: "carrier",
  host: "sip.example.com",
  port: null,
  transport: "tls",
  srtp: "required",
  codecs: ["PCMA", "opus"],
  sources: ["192.0.2.1"],
  country: "DE",
  calls_max: 10,
  no_answer_seconds: 5,
  enabled: true,
  description: null,
  priority: 2,
  settings,
};

test("what nobody touched is sent as it was, without place, credentials and settings", () => {
  const { id: _, priority: __, settings: ___, ...same } = trunk;
  expect(changeOf(trunk, draftOf(trunk))).toEqual({ ...same, settings: {} });
});

test("a place, settings and credentials are sent when they are changed", () => {
  const draft = { ...draftOf(trunk), priority: 1, settings: { ...settings, prack: "off" } };
  expect(changeOf(trunk, draft)).toMatchObject({ priority: 1, settings: { prack: "off" } });
  expect(changeOf(trunk, { ...draft, credentials: "remove" }).credentials).toBeNull();
  expect(changeOf(trunk, { ...draft, credentials: "replace", user: " me ", password: "secret" }).credentials).toEqual({
    user: "me",
    password: "secret",
    realm: null,
  });
});

test("of a new trunk only what was typed is sent", () => {
  expect(newOf({ ...draftOf(undefined), name: "carrier", host: "192.0.2.1", country: "us" })).toEqual({
    name: "carrier",
    host: "192.0.2.1",
    transport: "udp",
    srtp: "off",
    sources: [],
    enabled: true,
    description: null,
    country: "US",
    port: null,
    calls_max: null,
    settings: {},
  });
});
