import { Button, type ButtonProps, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNotice } from "../ProblemNotice";

type ActionButtonProps = ButtonProps & { act: () => Promise<unknown>; onDone?: () => void; children: ReactNode };

/** A button that does one thing, and says why if that fails. */
export function ActionButton({ act, onDone, children, ...rest }: ActionButtonProps) {
  const acting = useMutation({ mutationFn: act, onSuccess: onDone });
  return (
    <Stack gap="xs" align="flex-start">
      <Button {...rest} loading={acting.isPending} onClick={() => acting.mutate()}>
        {children}
      </Button>
      <ProblemNotice error={acting.error} />
    </Stack>
  );
}
