import { Checkbox, NumberInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

/** What a person is called, and how they are reached. */
export function PersonForm({ read: { value: user, tag }, reload }: { read: Tagged<User>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft(() => ({
    display_name: user.display_name,
    extension: user.extension,
    email: user.email ?? "",
    department: user.department ?? "",
    site: user.site?.id ?? "",
    ring_seconds: user.ring_seconds,
    enabled: user.enabled,
  }));
  const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
  const save = (known: string | undefined) =>
    answer(
      api.PATCH("/api/v1/tenants/{tenant}/users/{user}", {
        params: { path: { tenant, user: user.id }, header: ifMatch(known) },
        body: {
          ...draft,
          email: orNull(draft.email),
          department: orNull(draft.department),
          site: orNull(draft.site),
        },
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["user"]));
    reload();
  };
  return (
    <EditForm
      tag={tag}
      save={save}
      onSaved={saved}
      onTheirs={reload}
      submit={t("form.save")}
      fields={["display_name", "extension", "email", "department", "ring_seconds"]}
    >
      {(ofField) => (
        <fieldset disabled={!may("users.write")} className="plain">
          <TextInput
            label={t("people.name")}
            required
            value={draft.display_name}
            error={ofField("display_name")}
            onChange={(event) => edit({ display_name: event.currentTarget.value })}
          />
          <TextInput
            label={t("people.extension")}
            required
            value={draft.extension}
            error={ofField("extension")}
            onChange={(event) => edit({ extension: event.currentTarget.value })}
          />
          <TextInput
            label={t("people.email")}
            type="email"
            value={draft.email}
            error={ofField("email")}
            onChange={(event) => edit({ email: event.currentTarget.value })}
          />
          <TextInput
            label={t("people.department")}
            value={draft.department}
            error={ofField("department")}
            onChange={(event) => edit({ department: event.currentTarget.value })}
          />
          {may("sites.read") && (
            <NamedSelect kind="site" label={t("people.site")} value={draft.site} onChange={(site) => edit({ site })} />
          )}
          <NumberInput
            label={t("people.ringSeconds")}
            min={1}
            value={draft.ring_seconds}
            error={ofField("ring_seconds")}
            onChange={(seconds) => edit({ ring_seconds: Number(seconds) })}
          />
          <Checkbox
            label={t("people.enabledLong")}
            checked={draft.enabled}
            onChange={(event) => edit({ enabled: event.currentTarget.checked })}
          />
        </fieldset>
      )}
    </EditForm>
  );
}
