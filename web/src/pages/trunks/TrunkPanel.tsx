import { Checkbox, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Trunk } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { CredentialFields } from "./CredentialFields";
import { Health } from "./Health";
import { TestTrunk } from "./TestTrunk";
import { TrunkSettings } from "./TrunkSettings";
import { changeOf, draftOf } from "./draft";
import { FIELDS, TrunkFields } from "./fields";

/** A trunk: how it is reached, and whether it is used. */
export function TrunkPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, trunk: id } };
  return (
    <SidePanel title={t("trunks.one")} onClose={onClose}>
      <Loaded
        queryKey={keyOf(tenant, "trunk", id)}
        load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/trunks/{trunk}", { params }))}
      >
        {(read, reload) => (
          <Stack gap="lg">
            <Health trunk={id} />
            {may("trunks.act") && <TestTrunk trunk={id} />}
            <Form read={read} reload={reload} />
            {may("trunks.write") && (
              <DeleteButton
                label={t("trunks.delete")}
                effect={t("trunks.deleteEffect")}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/trunks/{trunk}", { params }))}
                onDone={() => {
                  outdate(tenant, new Set(["trunk"]));
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

function Form({ read: { value: trunk, tag }, reload }: { read: Tagged<Trunk>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft(() => draftOf(trunk));
  const save = (known: string | undefined) =>
    answer(
      api.PATCH("/api/v1/tenants/{tenant}/trunks/{trunk}", {
        params: { path: { tenant, trunk: trunk.id }, header: ifMatch(known) },
        body: changeOf(trunk, draft),
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["trunk"]));
    reload();
  };
  return (
    <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={FIELDS}>
      {(ofField) => (
        <fieldset disabled={!may("trunks.write")} className="plain">
          <Checkbox
            label={t("trunks.enabled")}
            description={t("trunks.enabledHint")}
            checked={draft.enabled}
            onChange={(event) => edit({ enabled: event.currentTarget.checked })}
          />
          <TrunkFields draft={draft} edit={edit} ofField={ofField} />
          <CredentialFields draft={draft} edit={edit} ofField={ofField} />
          <TrunkSettings value={draft.settings} onChange={(settings) => edit({ settings })} ofField={ofField} />
        </fieldset>
      )}
    </EditForm>
  );
}
