-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 4: tasks that somebody holds are found by themselves.

ALTER TABLE flow_task ADD COLUMN alone INTEGER; -- 1: it has no candidates; NULL: it may have

-- What somebody has claimed is found by the task itself; flow_desk is for candidates. The status stands
-- in the indexes so that a page of a worklist is read from them alone.
DELETE FROM flow_desk WHERE actor = (SELECT assignee FROM flow_task WHERE id = flow_desk.task);
CREATE INDEX flow_task_held ON flow_task (assignee, id, due, priority, follow_up, status)
	WHERE status = 1 AND assignee IS NOT NULL;
CREATE INDEX flow_task_held_due ON flow_task (assignee, due, id, follow_up, status)
	WHERE status = 1 AND assignee IS NOT NULL AND due IS NOT NULL;
CREATE INDEX flow_task_held_priority ON flow_task (assignee, priority DESC, id, follow_up, status)
	WHERE status = 1 AND assignee IS NOT NULL AND priority IS NOT NULL;
