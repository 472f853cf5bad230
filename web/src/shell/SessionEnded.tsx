import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy } from "react";
import { hasStatus } from "../api/problem";
import { meQuery } from "../session/me";

// Most sessions do not end while somebody looks.
const SignInAgain = lazy(async () => {
  const [module] = await Promise.all([import("./SignInAgain"), import("../ui/mantineMore")]);
  return { default: module.SignInAgain };
});

/** Asks who was signed out to sign in again, over the page that they were on: what they typed there stays. */
export function SessionEnded() {
  const { error } = useQuery(meQuery);
  if (!hasStatus(error, 401)) return null;
  return (
    <Suspense>
      <SignInAgain />
    </Suspense>
  );
}
