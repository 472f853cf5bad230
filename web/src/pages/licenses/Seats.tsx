import { NumberInput, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";

const SEATS_FIRST = 10;

/** How many seats of a plan there are; of one that is chosen, if none is given. */
export function Seats({ plan, onDone }: { plan: string; onDone: () => void }) {
  const tenant = useTenant();
  const load = async () => {
    const { items } = await answer(api.GET("/api/v1/tenants/{tenant}/licenses", { params: { path: { tenant } } }));
    return items.find(({ id }) => id === plan)?.seats ?? SEATS_FIRST;
  };
  return (
    <Loaded queryKey={keyOf(tenant, "seats", plan)} load={load}>
      {(seats) => <SeatsForm plan={plan} seats={seats} onDone={onDone} />}
    </Loaded>
  );
}

function SeatsForm({ plan, seats, onDone }: { plan: string; seats: number; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft({ plan, seats });
  const save = async () => {
    const params = { path: { tenant, plan: draft.plan } };
    await answer(api.PUT("/api/v1/tenants/{tenant}/licenses/{plan}", { params, body: { seats: draft.seats } }));
    outdate(tenant, new Set(["license", "subscription"]));
  };
  if (!may("licenses.write")) return <Text>{t("licenses.ask")}</Text>;
  return (
    <EditForm save={save} onSaved={onDone} submit={t("form.save")} fields={["seats"]}>
      {(ofField) => (
        <>
          {plan === "" && (
            <NamedSelect
              kind="plan"
              label={t("licenses.plan")}
              required
              value={draft.plan}
              onChange={(chosen) => edit({ plan: chosen })}
            />
          )}
          <NumberInput
            label={t("licenses.seats")}
            min={0}
            value={draft.seats}
            error={ofField("seats")}
            onChange={(wanted) => edit({ seats: Number(wanted) })}
          />
        </>
      )}
    </EditForm>
  );
}
