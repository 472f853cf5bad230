import { useTranslation } from "react-i18next";

const SOURCES = ["pool", "credits", "postpaid", "debt", "free", "not_rated"] as const;

/** What is called who pays for seconds of a call. */
export function usePayer(): (source: string) => string {
  const { t } = useTranslation();
  return (source) => {
    const known = SOURCES.find((one) => one === source);
    return known === undefined ? source : t(`spend.payer.${known}`);
  };
}
