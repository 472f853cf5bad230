import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSells } from "../../session/me";
import { useTenant } from "../../session/tenant";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { creditsQuery } from "../credits/credits";
import { Charges } from "./Charges";
import { Minutes } from "./Minutes";
import { Rerate } from "./Rerate";
import { Usage } from "./Usage";

const TABS = ["usage", "calls", "minutes", "rerate"] as const;
type Search = Partial<Record<string, string>>;

/** What calls cost, added up and one by one, and what is left of the minutes of plans. */
export function Spend() {
  const { t } = useTranslation();
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const sells = useSells();
  const { data: wallet, error } = useQuery(creditsQuery(useTenant()));
  const tab = TABS.find((one) => one === search["about"]) ?? "usage";
  return (
    <Page title={t("section.spend")}>
      <ProblemNotice error={error} />
      {wallet && (
        <Tabs value={tab} onChange={(about) => void navigate({ to: ".", search: { about: about ?? "usage" } })} keepMounted={false}>
          <Tabs.List>
            {TABS.filter((one) => one !== "rerate" || sells).map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`spend.tabs.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="usage" pt="md">
            <Usage currency={wallet.currency} />
          </Tabs.Panel>
          <Tabs.Panel value="calls" pt="md">
            <Charges />
          </Tabs.Panel>
          <Tabs.Panel value="minutes" pt="md">
            <Minutes />
          </Tabs.Panel>
          {sells && (
            <Tabs.Panel value="rerate" pt="md">
              <Rerate currency={wallet.currency} />
            </Tabs.Panel>
          )}
        </Tabs>
      )}
    </Page>
  );
}
