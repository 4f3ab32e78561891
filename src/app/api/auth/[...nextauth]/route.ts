import NextAuth from "next-auth";
import { authOptions } from "@/server/accounts/nextauth";

type Params = { params: Promise<{ nextauth: string[] }> };

const handler = (request: Request, context: Params): Promise<Response> =>
  NextAuth(authOptions())(request, context);

export { handler as GET, handler as POST };
