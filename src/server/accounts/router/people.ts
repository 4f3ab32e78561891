import { admin, adminWrite, rest, router } from "../../trpc/procedures";
import { changeRole, reactivate, resetFactor, suspend } from "../commands/people";
import { getUser, listUsers } from "../queries/people";
import {
  changeRoleInput,
  listUsersInput,
  reactivateInput,
  suspendInput,
  user,
  userPage,
} from "../schema";

const post = (verb: string, summary: string) =>
  rest("POST", `/admin/users/{id}/${verb}`, "Admin", summary);

/** All accounts, for admins. */
export const peopleRouter = router({
  list: admin
    .meta(rest("GET", "/admin/users", "Admin", "List accounts"))
    .input(listUsersInput)
    .output(userPage)
    .query(({ input }) => listUsers(input)),
  suspend: adminWrite
    .meta(post("suspend", "Suspend an account and end its sessions"))
    .input(suspendInput)
    .output(user)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await suspend(tx, ctx.actor, input.id, input.reason);
        return getUser(input.id, tx);
      }),
    ),
  reactivate: adminWrite
    .meta(post("reactivate", "Reactivate an account"))
    .input(reactivateInput)
    .output(user)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await reactivate(tx, ctx.actor, input.id, input.reason);
        return getUser(input.id, tx);
      }),
    ),
  resetFactor: adminWrite
    .meta(post("mfa/reset", "Remove a lost second factor"))
    .input(suspendInput)
    .output(user)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await resetFactor(tx, ctx.actor, input.id, input.reason);
        return getUser(input.id, tx);
      }),
    ),
  changeRole: adminWrite
    .meta(post("role", "Change the role of an account"))
    .input(changeRoleInput)
    .output(user)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await changeRole(tx, ctx.actor, input.id, input.role, input.reason);
        return getUser(input.id, tx);
      }),
    ),
});
