import { useEffect } from "react";
import { follow, look } from "../api/events";
import { useMay } from "../session/me";
import { useTenant } from "../session/tenant";
import { Frame } from "./Frame";
import { Navigation } from "./Navigation";
import { TenantChoice } from "./TenantChoice";

/** What stands around each page of an organization. */
export function Shell() {
  const tenant = useTenant();
  const may = useMay();
  const mayFollow = may("audit.read");
  useEffect(() => (mayFollow ? follow(tenant) : look(tenant)), [tenant, mayFollow]);
  return <Frame place={<TenantChoice />} navigation={(onGone) => <Navigation onGone={onGone} />} />;
}
