import { Button, Menu, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSavedViews } from "./saved";
import { searchOf, useView } from "./view";

/** Views with names: to be opened, and to be kept. */
export function SavedViews({ list }: { list: string }) {
  const { t } = useTranslation();
  const { view } = useView();
  const navigate = useNavigate();
  const { views, save, remove } = useSavedViews(list);
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    save({ name: name.trim(), search: searchOf({ ...view, open: "" }) });
    setName("");
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="default">{t("list.views")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void navigate({ to: ".", search: {} })}>{t("list.usualView")}</Menu.Item>
        {views.map((saved) => (
          <Menu.Item key={saved.name} onClick={() => void navigate({ to: ".", search: saved.search })}>
            {saved.name}
          </Menu.Item>
        ))}
        {views.length > 0 && <Menu.Divider />}
        {views.map((saved) => (
          <Menu.Item key={saved.name} color="red" onClick={() => remove(saved.name)}>
            {t("list.removeView", { name: saved.name })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <form onSubmit={submit}>
          <TextInput
            m="xs"
            label={t("list.saveView")}
            placeholder={t("list.viewName")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            // Arrow keys and letters belong to the text, not to the menu around it.
            onKeyDown={(event) => event.stopPropagation()}
          />
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
