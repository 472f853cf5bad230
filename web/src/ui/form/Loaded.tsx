import { Loader } from "@mantine/core";
import { type QueryKey, useQuery } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../ProblemNotice";

type LoadedProps<T> = {
  queryKey: QueryKey;
  load: () => Promise<T>;
  children: (value: T, reload: () => void) => ReactNode;
};

/** Reads what a form begins with. It is read again only on purpose: nobody's typing is replaced by news. */
export function Loaded<T>({ queryKey, load, children }: LoadedProps<T>) {
  const { t } = useTranslation();
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: [...queryKey, "form"],
    queryFn: load,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    meta: { isForm: true },
  });
  if (data === undefined) {
    return error === null ? <Loader aria-label={t("loading")} /> : <ProblemNotice error={error} />;
  }
  return <Fragment key={dataUpdatedAt}>{children(data, () => void refetch())}</Fragment>;
}
