import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Number as PhoneNumber } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { SidePanel } from "../../ui/SidePanel";
import { List } from "../../ui/list/List";
import { useView } from "../../ui/list/view";
import { ImportPanel } from "../import/ImportPanel";
import { BulkTags } from "./BulkTags";
import { BuyNumbers } from "./BuyNumbers";
import { NumberPanel } from "./NumberPanel";
import { RestoreNumber } from "./RestoreNumber";
import { UploadNumbers } from "./UploadNumbers";
import { useNumbers } from "./definition";

/** The telephone numbers of an organization. */
export function Numbers() {
  const { t } = useTranslation();
  const may = useMay();
  const tenant = useTenant();
  const { view, show } = useView();
  const close = () => show({ open: "" });
  const add = <Button onClick={() => show({ open: "new" })}>{t("numbers.add")}</Button>;
  return (
    <Page
      title={t("section.numbers")}
      actions={
        <>
          {may("numbers.write") && add}
          {may("number_orders.write") && (
            <Button variant="default" onClick={() => show({ open: "buy" })}>
              {t("numbers.buy")}
            </Button>
          )}
          {may("numbers.write") && (
            <Button variant="default" onClick={() => show({ open: "import" })}>
              {t("numbers.import")}
            </Button>
          )}
          {may("numbers.write") && (
            <Button variant="default" onClick={() => show({ open: "restore" })}>
              {t("numbers.restore")}
            </Button>
          )}
        </>
      }
    >
      <List<PhoneNumber>
        definition={useNumbers()}
        bulk={(rows, onDone) => may("numbers.write") && <BulkTags numbers={rows} onDone={onDone} />}
        remove={
          may("numbers.write") && {
            act: ({ number }) =>
              answer(api.DELETE("/api/v1/tenants/{tenant}/numbers/{number}", { params: { path: { tenant, number } } })),
            effect: t("numbers.releaseEffect"),
            onDone: () => outdate(tenant, new Set(["number"])),
          }
        }
        empty={
          <>
            <p>{t("numbers.empty")}</p>
            {may("numbers.write") && add}
          </>
        }
      />
      <Panel open={view.open} onClose={close} onRestored={(number) => show({ open: number })} />
    </Page>
  );
}

function Panel({ open, onClose, onRestored }: { open: string; onClose: () => void; onRestored: (number: string) => void }) {
  const { t } = useTranslation();
  switch (open) {
    case "":
      return null;
    case "new":
      return (
        <SidePanel title={t("numbers.add")} onClose={onClose}>
          <UploadNumbers />
        </SidePanel>
      );
    case "buy":
      return (
        <SidePanel title={t("numbers.buy")} onClose={onClose}>
          <BuyNumbers />
        </SidePanel>
      );
    case "restore":
      return (
        <SidePanel title={t("numbers.restore")} onClose={onClose}>
          <RestoreNumber onDone={onRestored} />
        </SidePanel>
      );
    case "import":
      return (
        <SidePanel title={t("numbers.import")} onClose={onClose}>
          <ImportPanel noun="numbers" />
        </SidePanel>
      );
    default:
      return <NumberPanel number={open} onClose={onClose} />;
  }
}
