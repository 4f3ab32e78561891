import { limit } from "../platform/rate-limit";
import { publicProcedure, rest, router } from "../trpc/procedures";
import { getDoctor, listDoctors, facets as readFacets } from "./queries";
import { doctor, doctorInput, doctorPage, facets, listDoctorsInput } from "./schema";

export const doctorsRouter = router({
  list: publicProcedure
    .meta(rest("GET", "/doctors", "Doctors", "Find approved doctors", "open"))
    .input(listDoctorsInput)
    .output(doctorPage)
    .query(async ({ ctx, input }) => {
      await limit("searchPerAddress", ctx.address);
      return listDoctors(input);
    }),
  get: publicProcedure
    .meta(rest("GET", "/doctors/{doctorId}", "Doctors", "One doctor", "open"))
    .input(doctorInput)
    .output(doctor)
    .query(({ input }) => getDoctor(input.doctorId)),
  facets: publicProcedure.output(facets).query(() => readFacets()),
});
