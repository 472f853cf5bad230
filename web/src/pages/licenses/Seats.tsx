import { NativeSelect, NumberInput, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Renewal, SeatCount } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { NamedSelect } from "../../choices/NamedSelect";
import { momentOf, ownZone, typedMoment } from "../../format/time";
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
    const known = items.find(({ id }) => id === plan);
    return { seats: known?.seats ?? SEATS_FIRST, renewal: known?.renewal ?? ("" as const), ends_at: typedMoment(known?.ends_at) };
  };
  return (
    <Loaded queryKey={keyOf(tenant, "seats", plan)} load={load}>
      {(first) => <SeatsForm plan={plan} first={first} onDone={onDone} />}
    </Loaded>
  );
}

/** How long seats last is said only where somebody says it: otherwise it is as the plan is sold. */
type Typed = { seats: number; renewal: "" | Renewal; ends_at: string };
const RENEWALS = ["renews", "ends"] as const satisfies readonly Renewal[];

function SeatsForm({ plan, first, onDone }: { plan: string; first: Typed; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const { draft, edit } = useDraft({ plan, ...first });
  const save = async () => {
    const params = { path: { tenant, plan: draft.plan } };
    await answer(api.PUT("/api/v1/tenants/{tenant}/licenses/{plan}", { params, body: bodyOf(first, draft) }));
    outdate(tenant, new Set(["license", "subscription"]));
  };
  if (!may("licenses.write")) return <Text>{t("licenses.ask")}</Text>;
  return (
    <EditForm save={save} onSaved={onDone} submit={t("form.save")} fields={["seats", "ends_at", "renewal"]}>
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
          <TextInput
            type="datetime-local"
            label={t("licenses.endsField", { zone: ownZone() })}
            description={t("licenses.endsHint")}
            error={ofField("ends_at")}
            value={draft.ends_at}
            onChange={(event) => edit({ ends_at: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("licenses.renewal")}
            error={ofField("renewal")}
            value={draft.renewal}
            onChange={({ currentTarget: { value } }) => edit({ renewal: RENEWALS.find((renewal) => renewal === value) ?? "" })}
            data={[{ value: "", label: t("licenses.asSold") }, ...RENEWALS.map((value) => ({ value, label: t(`licenses.renewals.${value}`) }))]}
          />
        </>
      )}
    </EditForm>
  );
}

function bodyOf(before: Typed, { seats, renewal, ends_at }: Typed): SeatCount {
  return {
    seats,
    ...(ends_at !== before.ends_at ? { ends_at: momentOf(ends_at) } : {}),
    ...(renewal !== before.renewal && renewal !== "" ? { renewal } : {}),
  };
}
