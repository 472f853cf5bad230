import { TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Number as PhoneNumber } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { NamedSelect } from "../../choices/NamedSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { orNull } from "../../ui/noun/text";

type NumberFormProps = { read: Tagged<PhoneNumber>; onSaved: () => void; onTheirs: () => void };

/** Where a number belongs and is used, and its tags. */
export function NumberForm({ read: { value: number, tag }, onSaved, onTheirs }: NumberFormProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft({ site: number.site?.id ?? "", address: number.address?.id ?? "", tags: number.tags });
  const save = (known: string | undefined) =>
    answer(
      api.PATCH("/api/v1/tenants/{tenant}/numbers/{number}", {
        params: { path: { tenant, number: number.number }, header: ifMatch(known) },
        body: { tags: draft.tags, site: orNull(draft.site), address: orNull(draft.address) },
      }),
    );
  if (!may("numbers.write")) return null;
  return (
    <EditForm tag={tag} save={save} onSaved={onSaved} onTheirs={onTheirs} submit={t("form.save")}>
      {() => (
        <>
          {may("sites.read") && (
            <NamedSelect kind="site" label={t("numbers.site")} value={draft.site} onChange={(site) => edit({ site })} />
          )}
          {may("sites.read") && (
            <NamedSelect
              kind="civic_address"
              label={t("section.civic-addresses")}
              description={t("numbers.addressHint")}
              value={draft.address}
              onChange={(address) => edit({ address })}
            />
          )}
          <TagsInput label={t("numbers.tags")} value={draft.tags} onChange={(tags) => edit({ tags })} />
        </>
      )}
    </EditForm>
  );
}
