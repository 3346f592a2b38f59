/** Whether records of open and aborted transactions are seen, as the protocol counts it. https://kafka.apache.org/protocol#The_Messages_Fetch */
export const READ_UNCOMMITTED = 0;
export const READ_COMMITTED = 1;
export type Isolation = typeof READ_UNCOMMITTED | typeof READ_COMMITTED;
