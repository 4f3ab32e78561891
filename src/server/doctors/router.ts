import {
  admin,
  adminWrite,
  mfaVerified,
  mfaVerifiedWrite,
  publicProcedure,
  rest,
  router,
} from "../trpc/procedures";
import { apply, approve, reject } from "./commands";
import { getApplication, getOwnApplication, listApplications } from "./queries/applications";
import { getDoctor, listDoctors, facets as readFacets } from "./queries/search";
import {
  application,
  applicationInput,
  applicationPage,
  approvalInput,
  doctor,
  doctorInput,
  doctorPage,
  facets,
  listApplicationsInput,
  listDoctorsInput,
  rejectionInput,
} from "./schema";

export const doctorsRouter = router({
  list: publicProcedure("searchPerAddress")
    .meta(rest("GET", "/doctors", "Doctors", "Find approved doctors", "open"))
    .input(listDoctorsInput)
    .output(doctorPage)
    .query(({ input }) => listDoctors(input)),
  get: publicProcedure("readsPerAddress")
    .meta(rest("GET", "/doctors/{doctorId}", "Doctors", "One doctor", "open"))
    .input(doctorInput)
    .output(doctor)
    .query(({ input }) => getDoctor(input.doctorId)),
  facets: publicProcedure("readsPerAddress")
    .output(facets)
    .query(() => readFacets()),
  application: mfaVerified
    .meta(rest("GET", "/doctor/application", "Doctors", "My application"))
    .output(application.nullable())
    .query(({ ctx }) => getOwnApplication(ctx.actor.userId)),
  sendApplication: mfaVerifiedWrite
    .meta(rest("POST", "/doctor/application", "Doctors", "Ask to be listed as a doctor"))
    .input(applicationInput)
    .output(application)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        const id = await apply(tx, ctx.actor, input);
        return getApplication(id, tx);
      }),
    ),
  applications: admin
    .meta(rest("GET", "/admin/doctors", "Admin", "Doctors and applications"))
    .input(listApplicationsInput)
    .output(applicationPage)
    .query(({ input }) => listApplications(input)),
  approve: adminWrite
    .meta(rest("POST", "/admin/doctors/{doctorId}/approve", "Admin", "List a doctor"))
    .input(approvalInput)
    .output(application)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await approve(tx, ctx.actor, input);
        return getApplication(input.doctorId, tx);
      }),
    ),
  reject: adminWrite
    .meta(rest("POST", "/admin/doctors/{doctorId}/reject", "Admin", "Turn an application down"))
    .input(rejectionInput)
    .output(application)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await reject(tx, ctx.actor, input.doctorId, input.reason);
        return getApplication(input.doctorId, tx);
      }),
    ),
});
