import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api } from "../../api/client";
import { keyOf } from "../../api/queries";
import { sentence } from "../../format/sentence";
import { duration } from "../../format/time";
import { useTenant } from "../../session/tenant";
import { ProblemNotice } from "../../ui/ProblemNotice";
import classes from "./Call.module.css";

/** The way of a call: where it was, what happened there, and why it went on. */
export function Hops({ call, began }: { call: string; began: string }) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const { data, error } = useQuery({
    queryKey: keyOf(tenant, "call-path", call),
    queryFn: () => answer(api.GET("/api/v1/tenants/{tenant}/call-records/{call}/path", { params: { path: { tenant, call } } })),
  });
  const since = (at: string) => duration((Date.parse(at) - Date.parse(began)) / 1_000);
  return (
    <>
      <ProblemNotice error={error} />
      <ol className={classes.hops} aria-label={t("calls.path")}>
        {data?.items.map(({ at, place, events, reason }, index) => (
          // A call may come to the same place twice at once.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <span className={classes.time}>{since(at)}</span>
            <div>
              <strong>{place}</strong>
              {events.map((event, place) => (
                // oxlint-disable-next-line react/no-array-index-key
                <div key={place}>{sentence(event)}</div>
              ))}
              <div className={classes.why}>{sentence(reason)}</div>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}
