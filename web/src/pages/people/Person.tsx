import { Stack, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { answerWithTag, api, answer, ifMatch } from "../../api/client";
import { keyOf, outdate } from "../../api/queries";
import { useMay } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { SidePanel } from "../../ui/SidePanel";
import { DeleteButton } from "../../ui/form/DeleteButton";
import { Loaded } from "../../ui/form/Loaded";
import { Leave } from "./Leave";
import { NewPhonePassword } from "./NewPhonePassword";
import { PersonForm } from "./PersonForm";
import { PersonLicenses } from "./PersonLicenses";
import { PersonNumbers } from "./PersonNumbers";
import { Readiness } from "./Readiness";

/** A person: what they are called and have, and whether they can call. */
export function Person({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const may = useMay();
  const params = { path: { tenant, user: id } };
  const load = () => answerWithTag(api.GET("/api/v1/tenants/{tenant}/users/{user}", { params }));
  const remove = () => answer(api.DELETE("/api/v1/tenants/{tenant}/users/{user}", { params: { ...params, header: ifMatch(undefined) } }));
  return (
    <SidePanel title={t("people.one")} onClose={onClose}>
      <Loaded queryKey={keyOf(tenant, "user", id)} load={load}>
        {(read, reload) => (
          <Stack gap="lg">
            <PersonForm read={read} reload={reload} />
            {may("licenses.read") && <PersonLicenses person={read.value} />}
            {may("numbers.read") && <PersonNumbers person={read.value} />}
            <section>
              <Title order={3} size="h5" mb="xs">
                {t("people.readiness")}
              </Title>
              <Readiness person={id} />
            </section>
            {may("users.write") && (
              <>
                <NewPhonePassword person={id} />
                <Leave
                  person={id}
                  onGone={() => {
                    outdate(tenant, new Set(["user", "number", "license"]));
                    reload();
                  }}
                />
                <DeleteButton
                  label={t("people.delete")}
                  effect={t("people.deleteEffect")}
                  act={remove}
                  onDone={() => {
                    outdate(tenant, new Set(["user", "number", "license"]));
                    onClose();
                  }}
                />
              </>
            )}
          </Stack>
        )}
      </Loaded>
    </SidePanel>
  );
}
