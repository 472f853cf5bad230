import { Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Group } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { GroupLicenses } from "./GroupLicenses";
import { Members } from "./Members";

/** A group: what it is called, who is in it, and which licenses it gives. */
export function GroupPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, group: id } };
  return (
    <SidePanel title={t("groups.one")} onClose={onClose}>
      <Loaded
        queryKey={keyOf(tenant, "group", id)}
        load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/groups/{group}", { params }))}
      >
        {(read, reload) => (
          <Stack gap="lg">
            {may("groups.write") && <Form read={read} reload={reload} />}
            <Members group={id} />
            {may("licenses.read") && <GroupLicenses group={read.value} onChanged={reload} />}
            {may("groups.write") && (
              <DeleteButton
                label={t("groups.delete")}
                effect={t("groups.deleteEffect")}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/groups/{group}", { params }))}
                onDone={() => {
                  outdate(tenant, new Set(["group"]));
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

function Form({ read: { value: group, tag }, reload }: { read: Tagged<Group>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ name: group.name, description: group.description ?? "" });
  const save = (known: string | undefined) =>
    answer(
      api.PATCH("/api/v1/tenants/{tenant}/groups/{group}", {
        params: { path: { tenant, group: group.id }, header: ifMatch(known) },
        body: { name: draft.name, description: draft.description === "" ? null : draft.description },
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["group"]));
    reload();
  };
  return (
    <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")} fields={["name"]}>
      {(ofField) => (
        <>
          <TextInput
            label={t("groups.name")}
            required
            value={draft.name}
            error={ofField("name")}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          <TextInput
            label={t("groups.description")}
            value={draft.description}
            onChange={(event) => edit({ description: event.currentTarget.value })}
          />
        </>
      )}
    </EditForm>
  );
}
