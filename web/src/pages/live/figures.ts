import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Live } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import { keyOf, queryClient } from "../../api/queries";
import { ownZone } from "../../format/time";

const AGAIN_MILLIS = 5_000;

/** What goes on in all queues: read once, and then told by the server at most once a second. */
export function useFigures(tenant: string, isWanted = true) {
  const zone = ownZone();
  const queryKey = keyOf(tenant, "figures", zone);
  const query = useQuery({
    queryKey,
    queryFn: () =>
      answer(api.GET("/api/v1/tenants/{tenant}/reports/live", { params: { path: { tenant }, query: { time_zone: zone } } })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isWanted,
  });
  useEffect(() => {
    if (!isWanted) return undefined;
    const key = keyOf(tenant, "figures", zone);
    let source: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(`/api/v1/tenants/${encodeURIComponent(tenant)}/reports/live/events?time_zone=${encodeURIComponent(zone)}`);
      source.addEventListener("figures", ({ data }: MessageEvent<string>) => {
        const told = figuresOf(data);
        if (told !== undefined) queryClient.setQueryData(key, told);
      });
      source.addEventListener("error", () => {
        if (source.readyState !== EventSource.CLOSED) return;
        again = setTimeout(() => {
          void queryClient.invalidateQueries({ queryKey: key });
          open();
        }, AGAIN_MILLIS);
      });
    };
    open();
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, [tenant, zone, isWanted]);
  return query;
}

/** What the server told, if it can be read. */
export function figuresOf(data: string): Live | undefined {
  try {
    const told: unknown = JSON.parse(data);
    return isLive(told) ? told : undefined;
  } catch {
    return undefined;
  }
}

function isLive(value: unknown): value is Live {
  return typeof value === "object" && value !== null && "queues" in value && Array.isArray(value.queues) && "day_start" in value;
}
