import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { App, Explanation, FlowTest } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useDraft } from "../../ui/form/draft";
import { expectationOf } from "./expectation";

type KeepTestProps = { app: App; told: Explanation; call: Pick<FlowTest, "from" | "keys" | "assume"> };

/** Keeps a call that was tried as a test: whoever changes the flow later hears if it ends elsewhere. */
export function KeepTest({ app, told, call }: KeepTestProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { draft, edit } = useDraft({ name: "", expect: expectationOf(told.end) });
  const keeping = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/v1/tenants/{tenant}/flow-tests", {
          params: { path: { tenant } },
          body: { app, at: told.at, ...call, ...draft },
        }),
      ),
    onSuccess: () => outdate(tenant, new Set(["flow_test"])),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keeping.mutate();
      }}
    >
      <Stack gap="xs">
        <TextInput label={t("flowEditor.testName")} required value={draft.name} onChange={(event) => edit({ name: event.currentTarget.value })} />
        <TextInput
          label={t("flowEditor.expect")}
          description={t("flowEditor.expectHint")}
          required
          value={draft.expect}
          onChange={(event) => edit({ expect: event.currentTarget.value })}
        />
        <Button type="submit" variant="default" w="fit-content" loading={keeping.isPending}>
          {t("flowEditor.keepTest")}
        </Button>
        {keeping.isSuccess && <span role="status">{t("flowEditor.kept")}</span>}
        <ProblemNotice error={keeping.error} />
      </Stack>
    </form>
  );
}
