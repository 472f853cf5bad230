import { Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AutoAttendant } from "../../api/__generated__/schema";
import { type Tagged, answer, answerWithTag, api, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { paths } from "../../paths";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { EditForm } from "../../ui/form/EditForm";
import { Loaded } from "../../ui/form/Loaded";
import { useDraft } from "../../ui/form/draft";
import { MenuPart } from "./MenuPart";
import { attendantOf, draftOf } from "./draft";
import { General, Greeting, Operator } from "./parts";

/** An attendant: what callers hear and can choose within usual hours. */
export function AttendantPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, attendant: id } };
  return (
    <SidePanel title={t("attendants.one")} onClose={onClose}>
      <Loaded
        queryKey={keyOf(tenant, "auto-attendant", id)}
        load={() => answerWithTag(api.GET("/api/v1/tenants/{tenant}/auto-attendants/{attendant}", { params }))}
      >
        {(read, reload) => (
          <Stack gap="lg">
            <Button component={Link} to={paths.attendantFlow(tenant, id)} variant="light" w="fit-content">
              {t("flowEditor.openFlow")}
            </Button>
            <Form read={read} reload={reload} />
            {may("auto_attendants.write") && (
              <DeleteButton
                label={t("attendants.delete")}
                effect={t("attendants.deleteEffect")}
                act={() => answer(api.DELETE("/api/v1/tenants/{tenant}/auto-attendants/{attendant}", { params }))}
                onDone={() => {
                  outdate(tenant, new Set(["auto_attendant"]));
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

function Form({ read: { value: attendant, tag }, reload }: { read: Tagged<AutoAttendant>; reload: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const part = useDraft(() => draftOf(attendant));
  const save = (known: string | undefined) =>
    answer(
      api.PUT("/api/v1/tenants/{tenant}/auto-attendants/{attendant}", {
        params: { path: { tenant, attendant: attendant.id ?? "" }, header: ifMatch(known) },
        body: attendantOf(part.draft, attendant),
      }),
    );
  const saved = () => {
    outdate(tenant, new Set(["auto_attendant"]));
    reload();
  };
  return (
    <EditForm tag={tag} save={save} onSaved={saved} onTheirs={reload} submit={t("form.save")}>
      {() => (
        <fieldset disabled={!may("auto_attendants.write")} className="plain">
          {(attendant.associations ?? []).length > 0 && <Text size="sm">{t("attendants.otherHours")}</Text>}
          <General {...part} />
          <Greeting {...part} />
          <MenuPart {...part} />
          <Operator {...part} />
        </fieldset>
      )}
    </EditForm>
  );
}
