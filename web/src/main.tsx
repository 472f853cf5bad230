import "./ui/mantine.css";
import "./ui/theme.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/queries";
import { startMessages } from "./messages/start";
import { router } from "./router";
import { reloadIfOutdated } from "./shell/outdated";
import { theme } from "./ui/theme";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

window.addEventListener("vite:preloadError", () => void reloadIfOutdated());

await startMessages();

// The policy of the page forbids styles in the page itself: what Mantine would write there is in its style sheet.
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
