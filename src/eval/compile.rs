//! Expression to program, with all that can be wrong said at once.

use super::functions::{self, Function};
use super::program::{Node, Program};
use super::{Cx, Filter, Pattern};
use crate::diagnostic::{Code, Diagnostic};
use crate::spl::expr::{Binary, ExprKind, Unary};
use crate::spl::{Cursor, Expr, SearchExpr, Spl};
use crate::store::{Text, Value};

/// Compiles an expression. Problems go to `problems`; the program is there only if there was no error.
pub fn compile(expr: &Expr, spl: &Spl, problems: &mut Vec<Diagnostic>) -> Option<Program> {
    let before = problems.iter().filter(|p| p.is_error()).count();
    let mut compiler = Compiler { spl, problems, fields: Vec::new(), exact: false };
    // A field that is set to 0.50 holds 0.50: the zeros say how exact it is.
    let node = compiler.written(expr).unwrap_or_else(|| compiler.node(expr));
    let fields = compiler.fields;
    let boolean = is_boolean(expr);
    (problems.iter().filter(|p| p.is_error()).count() == before).then_some(Program { node, fields, boolean })
}

/// The value of an argument that is written out; null for any other.
fn literal(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Number(n) => Value::Number(*n),
        ExprKind::Text(text) => Value::Text(text.clone()),
        ExprKind::Unary(Unary::Minus, a) => literal(a).number().map_or(Value::Null, |n| Value::Number(-n)),
        _ => Value::Null,
    }
}

/// True if the expression gives a truth value, whatever the fields hold.
fn is_boolean(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Unary(op, _) => *op == Unary::Not,
        ExprKind::Binary(op, _, _) => {
            !matches!(op, Binary::Add | Binary::Subtract | Binary::Concat | Binary::Multiply | Binary::Divide | Binary::Modulo)
        }
        ExprKind::In(..) => true,
        ExprKind::Call(name, _, _) => functions::find(name).is_some_and(|f| f.boolean),
        _ => false,
    }
}

struct Compiler<'a> {
    spl: &'a Spl,
    problems: &'a mut Vec<Diagnostic>,
    fields: Vec<Text>,
    /// Inside `exact()`: nothing is rounded.
    exact: bool,
}

impl Compiler<'_> {
    /// An operand of a product or a quotient. What it was written like says how exact it is; inside `exact()` its number
    /// alone counts.
    fn factor(&mut self, expr: &Expr) -> Node {
        match (self.exact, &expr.kind) {
            (true, ExprKind::Number(_)) => self.node(expr),
            (true, _) => Node::Unary(Unary::Plus, Box::new(self.node(expr))),
            (false, _) => self.written(expr).unwrap_or_else(|| self.node(expr)),
        }
    }

    /// A decimal fraction as it was written, with the zeros at its end.
    fn written(&self, expr: &Expr) -> Option<Node> {
        match &expr.kind {
            ExprKind::Number(_) => {
                let text = self.spl.text().get(expr.at.clone())?.trim_matches(['(', ')', ' ']);
                let text = if text.starts_with('.') { format!("0{text}") } else { text.to_string() };
                text.contains('.').then(|| Node::Constant(Value::from(text)))
            }
            ExprKind::Unary(Unary::Minus, inner) => match self.written(inner)? {
                Node::Constant(Value::Text(text)) => Some(Node::Constant(Value::from(format!("-{text}")))),
                _ => None,
            },
            _ => None,
        }
    }

    fn slot(&mut self, name: &Text) -> usize {
        match self.fields.iter().position(|f| f == name) {
            Some(slot) => slot,
            None => {
                self.fields.push(name.clone());
                self.fields.len() - 1
            }
        }
    }

    fn node(&mut self, expr: &Expr) -> Node {
        let node = match &expr.kind {
            ExprKind::Number(n) => return Node::Constant(Value::Number(*n)),
            ExprKind::Text(t) => return Node::Constant(Value::Text(t.clone())),
            ExprKind::Field(name) => return Node::Field(self.slot(name)),
            ExprKind::Unary(op, a) => Node::Unary(*op, Box::new(self.node(a))),
            ExprKind::Binary(op @ (Binary::Multiply | Binary::Divide), a, b) => {
                Node::Binary(*op, Box::new(self.factor(a)), Box::new(self.factor(b)))
            }
            ExprKind::Binary(op, a, b) => Node::Binary(*op, Box::new(self.node(a)), Box::new(self.node(b))),
            ExprKind::In(a, list) => {
                let a = Box::new(self.node(a));
                Node::In(a, list.iter().map(|e| self.node(e)).collect())
            }
            ExprKind::Call(name, at, args) => match (name.as_str(), args.as_slice()) {
                ("mvmap", [list, body]) => self.map(list, body, at),
                ("mvfilter", [condition]) => self.filter(condition, at),
                ("searchmatch", [search]) => self.search(search),
                ("sigfig", [of]) => self.sigfig(of, name),
                ("exact", [of]) => {
                    let outer = std::mem::replace(&mut self.exact, true);
                    let node = self.node(of);
                    self.exact = outer;
                    Node::Unary(Unary::Plus, Box::new(node))
                }
                _ => self.call(name, at, args, expr),
            },
        };
        fold(node)
    }

    fn call(&mut self, name: &str, at: &std::ops::Range<usize>, args: &[Expr], whole: &Expr) -> Node {
        let Some(function) = functions::find(name) else {
            let problem = match functions::UNSUPPORTED.iter().find(|(n, _)| *n == name) {
                Some((_, why)) => self.spl.problem(
                    Code::SplUnsupported,
                    at,
                    format!("the function `{name}` is not supported: {why}"),
                    "not supported",
                ),
                None => self
                    .spl
                    .problem(Code::SplUnknownFunction, at, format!("there is no eval function `{name}`"), "unknown function")
                    .did_you_mean(name, functions::names()),
            };
            self.problems.push(problem);
            args.iter().for_each(|a| drop(self.node(a)));
            return Node::Constant(Value::Null);
        };
        if !self.check_arity(function, args.len(), &whole.at) {
            args.iter().for_each(|a| drop(self.node(a)));
            return Node::Constant(Value::Null);
        }
        for index in function.patterns {
            if let Some(Expr { kind: ExprKind::Text(pattern), at }) = args.get(*index)
                && let Err(why) = Pattern::new(pattern)
            {
                self.problems.push(self.spl.problem(
                    Code::SplRegex,
                    at,
                    format!("the regular expression does not compile: {why}"),
                    "in this pattern",
                ));
            }
        }
        let literals: Vec<Value> = args.iter().map(literal).collect();
        if let Some((index, why)) = (function.refuses)(&literals) {
            let at = args.get(index).map_or(&whole.at, |a| &a.at);
            self.problems.push(self.spl.problem(Code::SplArity, at, format!("`{}`: {why}", function.name), ""));
        }
        Node::Call(function, args.iter().map(|a| self.node(a)).collect())
    }

    /// The expression in pieces, as the function wants it: its form, then the operands as they are written.
    fn sigfig(&mut self, of: &Expr, name: &str) -> Node {
        let mut form = String::new();
        let mut operands = vec![Node::Constant(Value::Null)];
        self.operands(of, &mut form, &mut operands);
        operands[0] = Node::Constant(Value::from(form));
        functions::find(name).map_or(Node::Constant(Value::Null), |function| Node::Call(function, operands))
    }

    fn operands(&mut self, expr: &Expr, form: &mut String, operands: &mut Vec<Node>) {
        let operator = match &expr.kind {
            ExprKind::Unary(Unary::Minus, a) => {
                self.operands(a, form, operands);
                " neg"
            }
            ExprKind::Binary(op, a, b)
                if matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Modulo) =>
            {
                self.operands(a, form, operands);
                form.push(' ');
                self.operands(b, form, operands);
                match op {
                    Binary::Add => " +",
                    Binary::Subtract => " -",
                    Binary::Multiply => " *",
                    Binary::Divide => " /",
                    _ => " %",
                }
            }
            kind => {
                form.push_str(&(operands.len() - 1).to_string());
                let written = self.spl.text().get(expr.at.clone()).filter(|_| matches!(kind, ExprKind::Number(_)));
                let node = written
                    .map_or_else(|| self.node(expr), |text| Node::Constant(Value::from(text.trim_matches(['(', ')', ' ']))));
                operands.push(node);
                ""
            }
        };
        form.push_str(operator);
    }

    fn check_arity(&mut self, function: &Function, given: usize, at: &std::ops::Range<usize>) -> bool {
        let (min, max) = function.args;
        let fits = given >= min && given <= max;
        if !fits {
            let takes = match (min, max) {
                (a, b) if a == b => format!("{a} argument{}", if a == 1 { "" } else { "s" }),
                (a, usize::MAX) => format!("at least {a} argument{}", if a == 1 { "" } else { "s" }),
                (a, b) => format!("{a} to {b} arguments"),
            };
            let message = format!("`{}` takes {takes}, {given} given", function.name);
            self.problems
                .push(self.spl.problem(Code::SplArity, at, message, "").help(format!("the form is {}", function.syntax)));
        }
        fits
    }

    /// The field of the list stands for one of its values in the body (Search Reference, mvmap).
    fn map(&mut self, list: &Expr, body: &Expr, at: &std::ops::Range<usize>) -> Node {
        let mut names = Vec::new();
        list.fields(&mut |f| names.push(f.clone()));
        let Some(name) = names.first() else {
            self.problems.push(self.spl.problem(Code::SplArity, at, "mvmap needs a multivalue field as its first argument", ""));
            return Node::Constant(Value::Null);
        };
        let slot = self.slot(name);
        Node::Map { list: Box::new(self.node(list)), slot, body: Box::new(self.node(body)) }
    }

    /// The argument is a search expression as text, over the fields of the row (Search Reference, searchmatch).
    fn search(&mut self, search: &Expr) -> Node {
        let ExprKind::Text(text) = &search.kind else {
            self.problems.push(self.spl.syntax(&search.at, "searchmatch needs a search expression in quotes", ""));
            return Node::Constant(Value::Null);
        };
        let sources = crate::diagnostic::Sources::new();
        let spl = Spl::new(crate::diagnostic::MappedText::plain(sources.add("searchmatch", text.as_str()), 0, text.as_str()));
        let compiled =
            SearchExpr::parse(&mut Cursor::whole(&spl), &[]).and_then(|expr| Filter::compile(&expr, &spl, false, &Cx::utc(0.0)));
        match compiled {
            Ok((filter, _)) => {
                let slots = filter.fields().into_iter().map(|field| (self.slot(&field), field)).collect();
                Node::Search { filter: Box::new(filter), slots }
            }
            Err(problem) => {
                self.problems.push(self.spl.syntax(
                    &search.at,
                    format!("the search expression cannot be read: {}", problem.message),
                    "",
                ));
                Node::Constant(Value::Null)
            }
        }
    }

    /// The condition may name one field only (Search Reference, mvfilter).
    fn filter(&mut self, condition: &Expr, at: &std::ops::Range<usize>) -> Node {
        let mut names: Vec<Text> = Vec::new();
        condition.fields(&mut |f| {
            // `null` without parentheses reads as a field that no event has.
            if !names.contains(f) && f != "null" {
                names.push(f.clone());
            }
        });
        match names.as_slice() {
            [name] => {
                let slot = self.slot(name);
                Node::MvFilter { slot, condition: Box::new(self.node(condition)) }
            }
            _ => {
                let message = format!("the condition of mvfilter must use exactly one field, this one uses {}", names.len());
                self.problems.push(self.spl.problem(Code::SplArity, at, message, ""));
                Node::Constant(Value::Null)
            }
        }
    }
}

/// Computes what does not depend on any field, the clock or chance.
fn fold(node: Node) -> Node {
    let constant = |n: &Node| matches!(n, Node::Constant(_));
    let all = match &node {
        Node::Unary(_, a) => constant(a),
        Node::Binary(_, a, b) => constant(a) && constant(b),
        Node::In(a, list) => constant(a) && list.iter().all(constant),
        Node::Call(f, args) => f.pure && !f.clock && args.iter().all(constant),
        _ => false,
    };
    if all { Node::Constant(node.scalar(&mut [], &Cx::utc(0.0))) } else { node }
}
