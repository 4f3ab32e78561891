import { testDelivered, testLost, testTicked } from "../../support/job-delivery";
import { cleanUp } from "../../support/job-suites";
import { cases } from "./cases/all";

cleanUp();

testDelivered(cases);
testTicked(cases);
testLost(cases);
