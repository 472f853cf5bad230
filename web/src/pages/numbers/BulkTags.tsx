import { TagsInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Number as PhoneNumber } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { outdate } from "../../api/queries";
import { useTenant } from "../../session/tenant";
import { BulkPanel } from "../../ui/list/BulkPanel";

/** Tags all numbers that are chosen: in one order, which tells what became of each. */
export function BulkTags({ numbers, onDone }: { numbers: readonly PhoneNumber[]; onDone: () => void }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  return (
    <BulkPanel
      label={t("numbers.tags")}
      submit={t("numbers.tagAll", { count: numbers.length })}
      rows={[numbers]}
      nameOf={() => t("numbers.tags")}
      isReady={add.length + remove.length > 0}
      act={(all) =>
        answer(
          api.POST("/api/v1/tenants/{tenant}/numbers/tag", {
            params: { path: { tenant } },
            body: { numbers: all.map(({ number }) => number), add, remove },
          }),
        )
      }
      onDone={() => {
        outdate(tenant, new Set(["number", "order"]));
        onDone();
      }}
    >
      <TagsInput label={t("numbers.tagsAdd")} value={add} onChange={setAdd} />
      <TagsInput label={t("numbers.tagsRemove")} value={remove} onChange={setRemove} data={[...new Set(numbers.flatMap(({ tags }) => tags))]} />
    </BulkPanel>
  );
}
