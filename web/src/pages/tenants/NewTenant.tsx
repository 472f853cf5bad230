import { TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { SignInFrame } from "../../session/SignInFrame";
import { EditForm } from "../../ui/form/EditForm";
import { useDraft } from "../../ui/form/draft";

/** Makes an organization, and goes on to set it up. */
export function NewTenantPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { draft, edit } = useDraft({
    name: "",
    slug: "",
    sip_domain: "",
    country: "US",
    time_zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const save = async () => {
    const made = await answer(api.POST("/api/v1/tenants", { body: draft }));
    await queryClient.invalidateQueries({ queryKey: ["tenants"] });
    await navigate({ to: paths.section(made.slug, "home") });
  };
  return (
    <SignInFrame title={t("tenants.new")}>
      <EditForm save={save} submit={t("tenants.new")} fields={["name", "slug", "sip_domain", "country", "time_zone"]}>
        {(ofField) => (
          <>
            <TextInput
              label={t("tenants.name")}
              required
              value={draft.name}
              error={ofField("name")}
              onChange={(event) => edit({ name: event.currentTarget.value })}
            />
            <TextInput
              label={t("tenants.slug")}
              description={t("tenants.slugHint")}
              required
              value={draft.slug}
              error={ofField("slug")}
              onChange={(event) => edit({ slug: event.currentTarget.value })}
            />
            <TextInput
              label={t("tenants.domain")}
              description={t("tenants.domainHint")}
              required
              value={draft.sip_domain}
              error={ofField("sip_domain")}
              onChange={(event) => edit({ sip_domain: event.currentTarget.value })}
            />
            <TextInput
              label={t("numbers.country")}
              description={t("tenants.countryHint")}
              required
              maxLength={2}
              value={draft.country}
              error={ofField("country")}
              onChange={(event) => edit({ country: event.currentTarget.value.toUpperCase() })}
            />
            <TextInput
              label={t("flow.timeZone")}
              description={t("flow.timeZoneHint")}
              required
              value={draft.time_zone}
              error={ofField("time_zone")}
              onChange={(event) => edit({ time_zone: event.currentTarget.value })}
            />
          </>
        )}
      </EditForm>
    </SignInFrame>
  );
}
