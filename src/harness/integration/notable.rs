//! Notables beside what the detection promises of them. contentctl only counts them; its successor compares the title and
//! the entity that the `finding` of newer content names, and lets no entity be scored twice.

use serde_json::Value;

use crate::content::{Detection, RiskObject};
use crate::verdict::{TestResult, VerdictCode};

use super::risk::judge_text;
use super::{contributing_field, list, text};

/// Judges the notables of one alert; `scored` are its risk events. `by_us`: the harness has made them itself, so that each
/// field is known to be there.
pub(super) fn judge(detection: &Detection, events: &[Value], scored: &[Value], by_us: bool, result: &mut TestResult) {
    let finding = detection.risk.as_ref().and_then(|risk| Some((risk, risk.objects.iter().find(|o| o.finding)?)));
    for (n, event) in events.iter().enumerate() {
        let wrong = match finding {
            None => judge_text("the title", &text(event, "rule_title"), &text(event, "rule_title")),
            Some((risk, entity)) => {
                let promised = risk.message.as_ref().map_or("", |m| m.value.as_str());
                judge_text("the title", promised, &text(event, "rule_title"))
                    .and_then(|()| judge_entity(entity, event, by_us))
                    .and_then(|()| scored_once(entity, event, scored))
            }
        };
        if let Err((code, message)) = wrong {
            let code = if code == VerdictCode::IntegrationRiskEvent { VerdictCode::IntegrationNotable } else { code };
            result.set(code, format!("notable {}: {message}", n + 1));
            result.detail = Some(event.to_string());
            return;
        }
    }
}

/// The entity: its field, its value, its type and its score.
fn judge_entity(entity: &RiskObject, event: &Value, by_us: bool) -> Result<(), (VerdictCode, String)> {
    let wrong = |message: String| Err((VerdictCode::IntegrationNotable, message));
    let field = contributing_field(event);
    if field != entity.field.value {
        return wrong(format!("its entity is the field `{field}` instead of `{}`", entity.field.value));
    }
    if list(&event[&field]).is_empty() {
        return wrong(format!("its entity `{field}` has no value"));
    }
    for (key, wanted) in [("entity_type", entity.kind.clone()), ("risk_score", entity.score.to_string())] {
        let got = text(event, key);
        // Versions of Enterprise Security differ in what they write.
        if got != wanted && (by_us || !got.is_empty()) {
            return wrong(format!("{key} is {got} instead of {wanted}"));
        }
    }
    Ok(())
}

/// Who is scored by the notable must not be scored by a risk event of the same alert as well.
fn scored_once(entity: &RiskObject, event: &Value, scored: &[Value]) -> Result<(), (VerdictCode, String)> {
    let values = list(&event[&entity.field.value]);
    let twice = |risk: &&Value| {
        text(risk, "risk_object_type") == entity.kind && values.iter().any(|v| v.eq_ignore_ascii_case(&text(risk, "risk_object")))
    };
    match scored.iter().find(twice) {
        None => Ok(()),
        Some(risk) => {
            let message = format!(
                "{} is scored twice: by the finding's `{}` and by the risk object `{}`",
                text(risk, "risk_object"),
                entity.field.value,
                contributing_field(risk)
            );
            Err((VerdictCode::IntegrationScoredTwice, message))
        }
    }
}
