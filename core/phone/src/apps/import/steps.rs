//! Apps that lead to each other are made in two steps: first all of them, then where they lead.

use super::Plan;
use crate::apps::Target;
use crate::apps::attendant::{self, Action, CallFlow};
use crate::apps::prompt::Prompt;
use crate::apps::queue::{self, ExceptionAction, Exit};

impl Plan {
    /// Whether this is one of what is still to be made.
    pub fn makes(&self, target: &Target) -> bool {
        match target {
            Target::Attendant { id, .. } => self.attendants.iter().any(|one| one.id == *id),
            Target::Queue { id, .. } => self.queues.iter().any(|one| one.id == *id),
            Target::ResourceAccount { id, .. } => self.accounts.iter().any(|one| one.id == *id),
            Target::External { .. } | Target::SharedMailbox { .. } | Target::User { .. } | Target::Voicemail { .. } => {
                false
            }
        }
    }

    /// A queue without what leads to something that is not there yet.
    pub fn first_of_queue(&self, queue: &queue::Settings) -> queue::Settings {
        let mut first = queue.clone();
        for exception in first.exceptions_mut() {
            if matches!(&exception.action, Exit::Forward { target } if self.makes(target)) {
                *exception = ExceptionAction::new(Exit::Disconnect);
            }
        }
        first
    }

    /// An attendant without what leads to something that is not there yet.
    pub fn first_of_attendant(&self, attendant: &attendant::Settings) -> attendant::Settings {
        let mut first = attendant.clone();
        first.operator = first.operator.take().filter(|operator| !self.makes(operator));
        let has_operator = first.operator.is_some();
        let flows =
            std::iter::once(&mut first.default_flow).chain(first.associations.iter_mut().map(|one| &mut one.flow));
        for flow in flows {
            flow.menu.options.retain(|option| match &option.action {
                Action::Operator => has_operator,
                Action::Transfer { target } => !self.makes(target),
                Action::Announcement { .. } | Action::Disconnect | Action::SearchDirectory { .. } => true,
            });
        }
        first
    }
}

/// All prompts of an attendant, to be rendered.
pub fn prompts_of_attendant(attendant: &mut attendant::Settings) -> Vec<&mut Prompt> {
    let flows = std::iter::once(&mut attendant.default_flow);
    flows.chain(attendant.associations.iter_mut().map(|one| &mut one.flow)).flat_map(prompts_of_flow).collect()
}

fn prompts_of_flow(flow: &mut CallFlow) -> Vec<&mut Prompt> {
    let mut found: Vec<&mut Prompt> = flow.greeting.iter_mut().chain(&mut flow.menu.prompt).collect();
    for option in &mut flow.menu.options {
        found.extend(option.phrases.iter_mut());
        match &mut option.action {
            Action::Announcement { prompt } => found.push(prompt),
            Action::Disconnect | Action::Operator | Action::SearchDirectory { .. } | Action::Transfer { .. } => {}
        }
    }
    found
}
