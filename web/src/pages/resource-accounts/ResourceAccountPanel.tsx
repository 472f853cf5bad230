import { Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ResourceAccount } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { FlowLink } from "../../choices/FlowLink";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { AppSelect } from "./AppSelect";
import { appOf, valueOf } from "./app";

/** A resource account: its name, what answers, and its numbers. */
export function ResourceAccountPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, account: id } };
  return (
    <SidePanel title={t("accounts.one")} onClose={onClose}>
      <Loaded
        queryKey={keyOf(tenant, "resource-account", id)}
        load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/resource-accounts/{account}", { params }))}
      >
        {(read, reload) => (
          <Stack gap="lg">
            <Facts facts={[[t("accounts.numbers"), read.value.numbers.join(", ")]]} />
            <FlowLink account={id} />
            <Form read={read} reload={reload} />
            {may("resource_accounts.write") && (
              <DeleteButton
                label={t("accounts.delete")}
                effect={t("accounts.deleteEffect")}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/resource-accounts/{account}", { params }))}
                onDone={() => {
                  outdate(tenant, new Set(["resource_account"]));
                  onClose();
                }}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </SidePanel>
  );
}

function Form({ read: { value, tag }, reload }: { read: Tagged<ResourceAccount>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft({ display_name: value.display_name, app: valueOf(value.app) });
  const save = (known: string | undefined) =>
    answer(
      api.PATCH("/api/v1/tenants/{tenant}/resource-accounts/{account}", {
        params: { path: { tenant, account: value.id }, header: ifMatch(known) },
        body: { display_name: draft.display_name, app: appOf(draft.app) },
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["resource_account"]));
    reload();
  };
  if (!may("resource_accounts.write")) return null;
  return (
    <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={["display_name"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("accounts.name")}
            required
            value={draft.display_name}
            error={ofField("display_name")}
            onChange={(event) => edit({ display_name: event.currentTarget.value })}
          />
          <AppSelect value={draft.app} onChange={(app) => edit({ app })} />
        </>
      )}
    </EditForm>
  );
}
