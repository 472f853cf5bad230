import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Invoice } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { amount, microsOf } from "../../format/money";
import { duration, instantOf, moment, momentOf, ownZone } from "../../format/time";
import { paths } from "../../paths";
import { useMay, useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Facts } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { SmallTable } from "../../ui/SmallTable";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";
import { List } from "../../ui/list/List";
import type { ListDefinition } from "../../ui/list/definition";
import { useRows } from "../../ui/list/rows";
import { useView } from "../../ui/list/view";
import { NOUNS } from "../credits/credits";

/** Invoices: what calls of a time cost, and what of it is due. */
export function Invoices() {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const sells = useSells();
  const { view, show } = useView();
  const definition = useInvoices(tenant);
  const open = useRows(definition, view).rows.find(({ id }) => id === view.open);
  const close = () => show({ open: "" });
  const add = sells && may("credits.write") && <Button onClick={() => show({ open: "new" })}>{t("invoices.add")}</Button>;
  return (
    <Page title={t("section.invoices")} actions={add}>
      <List
        definition={definition}
        empty={
          <>
            <p>{t("invoices.empty")}</p>
            {add}
          </>
        }
      />
      {view.open === "new" && sells && (
        <SidePanel title={t("invoices.add")} onClose={close}>
          <Issue onDone={({ id }) => show({ open: id })} />
        </SidePanel>
      )}
      {open !== undefined && (
        <SidePanel title={t(isNote(open) ? "invoices.note" : "invoices.one", { number: open.number })} onClose={close}>
          <Shown invoice={open} facts={definition.columns.map(({ title, text }) => [title, text(open)] as const)} />
        </SidePanel>
      )}
    </Page>
  );
}

const KINDS = ["invoice", "credit_note"] as const;

/** Whether it is for a payment that was given back. */
function isNote({ kind }: Invoice): boolean {
  return kind === "credit_note";
}

function useInvoices(tenant: string): ListDefinition<Invoice> {
  const { t } = useTranslation();
  const kindOf = ({ kind = "invoice" }: Invoice) => {
    const known = KINDS.find((one) => one === kind);
    return known === undefined ? kind : t(`invoices.kinds.${known}`);
  };
  return {
    name: "invoices",
    tenant,
    where: {
      by: "page",
      load: ({ cursor, signal }) =>
        answer(api.GET("/api/v1/tenants/{tenant}/credits/invoices", { params: { path: { tenant }, query: { cursor, limit: 1000 } }, signal })),
    },
    columns: [
      { id: "number", title: t("invoices.number"), text: ({ number }) => number },
      { id: "kind", title: t("invoices.kind"), text: kindOf, cell: (invoice) => (isNote(invoice) ? <State is="warned">{kindOf(invoice)}</State> : kindOf(invoice)) },
      { id: "issued", title: t("invoices.issued"), text: ({ issued_at }) => moment(issued_at), order: ({ issued_at }) => instantOf(issued_at), width: 1.8 },
      { id: "time", title: t("invoices.time"), text: ({ first_day, last_day }) => `${first_day} – ${last_day}`, width: 1.6 },
      { id: "sum", title: t("invoices.sum"), text: ({ sum, currency }) => amount(sum, currency), order: ({ sum }) => microsOf(sum) },
      { id: "paid", title: t("invoices.paid"), text: ({ paid_from_credit, currency }) => amount(paid_from_credit, currency), order: ({ paid_from_credit }) => microsOf(paid_from_credit) },
      { id: "net", title: t("invoices.net"), text: ({ net, currency }) => amount(net, currency), order: ({ net }) => microsOf(net) },
      { id: "taxes", title: t("credits.billing.taxes"), text: ({ taxes, currency }) => taxes.map((tax) => t("invoices.tax", { ...tax, amount: amount(tax.amount, currency) })).join(", "), isHidden: true },
      { id: "due", title: t("invoices.due"), text: ({ gross, currency }) => amount(gross, currency), order: ({ gross }) => microsOf(gross) },
      { id: "payment", title: t("payments.one"), text: ({ payment }) => payment ?? "", isHidden: true, width: 1.6 },
    ],
    filters: [{ id: "kind", title: t("invoices.kind"), choices: KINDS.map((value) => t(`invoices.kinds.${value}`)).map((label) => ({ value: label, label })) }],
    idOf: ({ id }) => id,
    nameOf: ({ number }) => number,
    nouns: NOUNS,
  };
}

type ShownProps = { invoice: Invoice; facts: readonly (readonly [string, string])[] };

function Shown({ invoice, facts }: ShownProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { id, number, currency, lines } = invoice;
  return (
    <Stack>
      <Facts facts={facts} />
      <Group>
        <a href={paths.invoice(tenant, id, "pdf")} download={`${number}.pdf`}>
          {t("invoices.pdf")}
        </a>
        <a href={paths.invoice(tenant, id, "ubl")} download={`${number}.xml`}>
          {t("invoices.ubl")}
        </a>
      </Group>
      {invoice.payment != null && (
        <Link to={paths.section(tenant, "payments")} search={{ open: invoice.payment }}>
          {t("invoices.payment")}
        </Link>
      )}
      {lines.length > 0 && (
        <>
          <Title order={3} size="h5">
            {t("invoices.lines")}
          </Title>
          <SmallTable
            label={t("invoices.lines")}
            head={[t("spend.bys.destination"), t("spend.calls"), t("spend.time"), t("spend.amount")]}
            rows={lines.map((line) => ({
              id: line.destination,
              cells: [line.destination, String(line.calls), duration(line.seconds), amount(line.amount, currency)],
            }))}
          />
        </>
      )}
    </Stack>
  );
}

/** Issues an invoice for a time that is over; for the last month if none is named. */
function Issue({ onDone }: { onDone: (invoice: Invoice) => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ from: "", until: "" });
  const save = async () => {
    const body = { from: momentOf(draft.from), until: momentOf(draft.until) };
    const invoice = await answer(api.POST("/api/v1/tenants/{tenant}/credits/invoices", { params: { path: { tenant } }, body }));
    outdate(tenant, new Set(NOUNS));
    onDone(invoice);
  };
  return (
    <EditForm save={save} submit={t("invoices.add")} fields={["from", "until"]}>
      {(ofField) => (
        <>
          <Text size="sm">
            {t("invoices.hint")}{" "}
            <Link to={paths.section(tenant, "credits")} search={{ about: "settings" }}>
              {t("invoices.parties")}
            </Link>
          </Text>
          {(["from", "until"] as const).map((field) => (
            <TextInput
              key={field}
              type="datetime-local"
              label={t(`invoices.${field}`, { zone: ownZone() })}
              error={ofField(field)}
              value={draft[field]}
              onChange={(event) => edit({ [field]: event.currentTarget.value })}
            />
          ))}
        </>
      )}
    </EditForm>
  );
}
