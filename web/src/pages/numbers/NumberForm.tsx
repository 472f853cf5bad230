import { TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Number as PhoneNumber } from "../../api/__generated__/schema";
import { type Tagged, answer, api, ifMatch } from "../../api/client";
import { NamedSelect } from "../../choices/NamedSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

type NumberFormProps = { read: Tagged<PhoneNumber>; onSaved: () => void; onTheirs: () => void };

/** The site and the tags of a number. */
export function NumberForm({ read: { value: number, tag }, onSaved, onTheirs }: NumberFormProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft({ site: number.site?.id ?? "", tags: number.tags });
  const save = (known: string | undefined) =>
    answer(
      api.PATCH("/api/v1/tenants/{tenant}/numbers/{number}", {
        params: { path: { tenant, number: number.number }, header: ifMatch(known) },
        body: { tags: draft.tags, site: draft.site === "" ? null : draft.site },
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
          <TagsInput label={t("numbers.tags")} value={draft.tags} onChange={(tags) => edit({ tags })} />
        </>
      )}
    </EditForm>
  );
}
