// A SCIM service: the protocol is SCIMMY's, behind Express; storage and the check of the token are ours.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const users = new Map();
const kept = (id, data) => {
  const user = {...(users.get(id) ?? {meta: {created: new Date()}}), ...data, id};
  user.meta = {...user.meta, lastModified: new Date()};
  users.set(id, user);
  return user;
};
for (const name of ["ada", "grace"]) {
  kept(`id-${name}`, {userName: name, active: true, emails: [{value: `${name}@scimmy.example`, primary: true}]});
}

SCIMMY.Resources.declare(SCIMMY.Resources.User)
  .ingress((resource, data) => kept(resource.id ?? data.userName, data))
  .egress((resource) => {
    if (resource.id) {
      if (!users.has(resource.id)) {
        throw new SCIMMY.Types.Error(404, null, `no user ${resource.id}`);
      }
      return users.get(resource.id);
    }
    return resource.filter ? resource.filter.match([...users.values()]) : [...users.values()];
  })
  .degress((resource) => users.delete(resource.id));

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  handler: (request) => {
    if (request.header("Authorization") !== `Bearer ${process.env.SCIM_TOKEN}`) {
      throw new Error("who are you");
    }
    return "gateway";
  },
}));
const server = app.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
