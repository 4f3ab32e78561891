import { versionOf } from "../platform/schema";
import {
  admin,
  adminWrite,
  doctor as doctorOnly,
  doctorWrite,
  mfaVerified,
  mfaVerifiedWrite,
  publicProcedure,
  rest,
  router,
} from "../trpc/procedures";
import { apply, approve, reject } from "./commands/applications";
import { approveChange, rejectChange } from "./commands/changes";
import { updateProfile } from "./commands/profile";
import { getApplication, getOwnApplication, listApplications } from "./queries/applications";
import { getChange, listChanges } from "./queries/changes";
import { getProfile } from "./queries/profile";
import { getDoctor, listDoctors, facets as readFacets } from "./queries/search";
import {
  application,
  applicationInput,
  applicationPage,
  approvalInput,
  change,
  changeInput,
  changePage,
  changeRejectionInput,
  doctor,
  doctorInput,
  doctorPage,
  facets,
  listApplicationsInput,
  listChangesInput,
  listDoctorsInput,
  profile,
  profileInput,
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
  profile: doctorOnly
    .meta(rest("GET", "/doctor/profile", "Doctors", "My profile"))
    .output(profile)
    .query(({ ctx }) => getProfile(ctx.doctorId)),
  updateProfile: doctorWrite
    .meta(
      rest(
        "PATCH",
        "/doctor/profile",
        "Doctors",
        "Change my profile. Name and registration wait for an admin in `pending`. `version`, or `If-Match`, is the version that was read",
      ),
    )
    .input(profileInput)
    .output(profile)
    .mutation(({ ctx, input }) => {
      const change = { ...input, version: input.version ?? versionOf(ctx.ifMatch) };
      return ctx.write(change, (tx) => updateProfile(tx, ctx.actor, ctx.doctorId, change));
    }),
  changes: admin
    .meta(rest("GET", "/admin/doctors/changes", "Admin", "Changes of approved details"))
    .input(listChangesInput)
    .output(changePage)
    .query(({ input }) => listChanges(input)),
  approveChange: adminWrite
    .meta(
      rest("POST", "/admin/doctors/changes/{changeId}/approve", "Admin", "Publish changed details"),
    )
    .input(changeInput)
    .output(change)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await approveChange(tx, ctx.actor, input.changeId);
        return getChange(input.changeId, tx);
      }),
    ),
  rejectChange: adminWrite
    .meta(rest("POST", "/admin/doctors/changes/{changeId}/reject", "Admin", "Reject a change"))
    .input(changeRejectionInput)
    .output(change)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await rejectChange(tx, ctx.actor, input.changeId, input.reason);
        return getChange(input.changeId, tx);
      }),
    ),
});
