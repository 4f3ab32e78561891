import { Anchor, Text, Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../_components/PageContainer";
import { ApiReference } from "./_components/ApiReference";

export const metadata: Metadata = {
  title: "API for developers",
  description: "The REST API of Amrutam Telemedicine.",
};

/** The page with the reference of the REST API. */
export default function DocsPage() {
  return (
    <PageContainer>
      <section aria-labelledby="api">
        <Title order={1} id="api">
          API for developers
        </Title>
        <Text mt="xs" maw="42.5rem">
          The REST API runs the same procedures as the pages of this site. The description as
          OpenAPI 3.1 is at{" "}
          <Anchor href="/api/openapi.json" display="inline-block">
            /api/openapi.json
          </Anchor>
          .
        </Text>
        <Title order={2} mt="xl">
          Reference
        </Title>
      </section>
      <ApiReference />
    </PageContainer>
  );
}
