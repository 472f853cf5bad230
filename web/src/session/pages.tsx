import { useQuery } from "@tanstack/react-query";
import { Navigate, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { queryClient } from "../api/queries";
import { paths } from "../paths";
import { Invitation } from "./Invitation";
import { SignIn } from "./SignIn";
import { meQuery } from "./me";
import { ownPath } from "./ownPath";

/** Where somebody signs in, and goes on to where they wanted to be. */
export function SignInPage() {
  const { data: me, isFetched } = useQuery({ ...meQuery, retry: false });
  const { next }: { next?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const goOn = async () => {
    await queryClient.invalidateQueries(meQuery);
    await navigate({ href: ownPath(next), replace: true });
  };
  if (!isFetched) return null;
  if (me?.state === "signed_in") return <Navigate to={paths.start} href={ownPath(next)} replace />;
  return <SignIn stage={me?.state ?? "nobody"} onSignedIn={() => void goOn()} />;
}

/** Where somebody comes who was invited. */
export function InvitationPage() {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const goOn = async () => {
    await queryClient.invalidateQueries(meQuery);
    await navigate({ to: paths.start, replace: true });
  };
  // What is left of signing in, such as a second factor, the first page asks for.
  return <Invitation token={hash} onDone={() => void goOn()} />;
}
