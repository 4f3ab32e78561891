import { Title } from "@mantine/core";
import type { Metadata } from "next";
import { PageContainer } from "../_components/PageContainer";
import { ApiReference } from "./_components/ApiReference";

export const metadata: Metadata = {
  title: "API for developers",
  description: "The REST API of Amrutam Telemedicine.",
};

/** The REST API, readable and tryable. */
export default function DocsPage() {
  return (
    <PageContainer>
      <Title order={1}>API for developers</Title>
      <p>
        The pages of this site use the same procedures. The description as OpenAPI 3.1 is at{" "}
        <a href="/api/openapi.json">/api/openapi.json</a>.
      </p>
      <ApiReference />
    </PageContainer>
  );
}
