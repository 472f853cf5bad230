import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api } from "../api/client";
import { keyOf } from "../api/queries";
import { paths } from "../paths";
import { useMay } from "../session/me";
import { useTenant } from "../session/tenant";

/** Leads to what callers of a resource account come to, if it leads anywhere. */
export function FlowLink({ account }: { account: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { data } = useQuery({
    queryKey: keyOf(tenant, "account-app", account),
    queryFn: () =>
      answer(api.GET("/api/v1/tenants/{tenant}/resource-accounts/{account}", { params: { path: { tenant, account } } })),
    enabled: may("resource_accounts.read"),
    meta: { nouns: ["resource_account"] },
  });
  const app = data?.app;
  if (app == null) return null;
  const to = app.type === "auto_attendant" ? paths.attendantFlow(tenant, app.id) : paths.queueFlow(tenant, app.id);
  return (
    <Button component={Link} to={to} variant="light" w="fit-content">
      {t("flowEditor.openFlow")}
    </Button>
  );
}
