import { useParams } from "@tanstack/react-router";

/** The short name of the organization whose pages are shown. */
export function useTenant(): string {
  const { tenant }: { tenant?: string } = useParams({ strict: false });
  if (tenant === undefined) throw new Error("this is no page of an organization");
  return tenant;
}
