import { Anchor, Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { paths } from "../paths";
import { SignInFrame } from "../session/SignInFrame";
import { signOut, useMay } from "../session/me";

/** What somebody sees who is signed in where there is no organization yet, or none for them. */
export function NoTenant() {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <SignInFrame title={t("noTenant.title")}>
      <Stack>
        <Text>{may("tenants.write") ? t("noTenant.make") : t("noTenant.ask")}</Text>
        {may("tenants.write") && (
          <Button component={Link} to={paths.newTenant}>
            {t("tenants.new")}
          </Button>
        )}
        <Anchor component="button" type="button" onClick={() => void signOut()}>
          {t("shell.signOut")}
        </Anchor>
      </Stack>
    </SignInFrame>
  );
}
