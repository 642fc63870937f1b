//! What only notes of the course say, and wrongly: slips of transcription, translation and typing.
//!
//! A slip in somebody's notes is no claim of the course, so none of these is ever judged.

use crate::works::Work;

/// A wrong statement in notes of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erratum {
    /// Its name, in kebab case.
    pub id: &'static str,
    /// The part of the course that the notes are about.
    pub work: Work,
    /// The lecture or function there, by its id in the syllabus.
    pub place: &'static str,
    /// A short line of the notes, word for word.
    pub quote: &'static str,
    /// What a line in Chinese says.
    pub english: Option<&'static str>,
    /// What is right, in inline Markdown.
    pub correction: &'static str,
}

/// All of them, in the course's order.
pub const ERRATA: &[Erratum] = &[
    lecture(
        "share-of-training",
        "1.1",
        "70%验证集，30%测试集",
        "70 % dev set, 30 % test set",
        "The 70 % are for training: 70/30 is the old split without a dev set.",
    ),
    formula(
        "sign-of-the-cost",
        "1.4",
        r"J(w,b) = -\frac{1}{m}\sum_{i=1}^{m}[\mathcal{L}(\hat{y}^{(i)}, y^{(i)})]",
        "The loss $`\\mathcal{L}`$ has its minus sign inside, so the cost is the plain mean, \
         $`\\frac{1}{m}\\sum_i \\mathcal{L}^{(i)}`$. With another minus, descent maximizes the \
         loss.",
    ),
    lecture(
        "bias-for-variance",
        "1.4",
        "已经可以表达高偏差问题",
        "can already express a problem of high bias",
        "High variance is meant: many weights can fit noise, one bias cannot.",
    ),
    formula(
        "range-of-the-weights",
        "1.4",
        r"\frac{\lambda}{2m}\sum_{i=1}^{m}{|w_j|}",
        "The sum is over the weights, $`j = 1, \\dots, n_x`$, not over the $`m`$ examples.",
    ),
    formula(
        "ranges-of-the-frobenius-norm",
        "1.4",
        r"\sum_{i=1}^{n^{[l-1]}}\sum_{j=1}^{n^{[l]}}(w_{ij}^{[l]})^2",
        "$`W^{[l]}`$ is $`n^{[l]} \\times n^{[l-1]}`$: the row $`i`$ runs to $`n^{[l]}`$, the \
         column $`j`$ to $`n^{[l-1]}`$.",
    ),
    lecture(
        "shape-of-the-weights",
        "1.4",
        r"$W^{[l]}$  维度为  $(n^{[l-1]}, n^{[l]})$",
        "W[l] has the shape (n[l−1], n[l])",
        "The course's $`W^{[l]}`$ is $`n^{[l]} \\times n^{[l-1]}`$, a row for each unit.",
    ),
    formula(
        "decay-without-the-learning-rate",
        "1.4",
        r"(1- \frac{\lambda}{m})w^{[l]}",
        "A step multiplies the weights by $`1 - \\alpha\\frac{\\lambda}{m}`$: the learning rate is \
         missing.",
    ),
    lecture(
        "modulation-for-iteration",
        "1.5",
        "代价函数对于梯度下降的每个调幅都单调递减",
        "the cost falls with every amplitude modulation of gradient descent",
        "With every iteration.",
    ),
    formula(
        "normal-mask",
        "1.6",
        "dl = np.random.randn(al.shape[0], al.shape[1]) > keep_prob",
        "The mask is `np.random.rand(…) < keep_prob`. A standard normal number exceeds 0.8 in only \
         21 % of all cases, so this drops 79 % of the units.",
    ),
    lecture(
        "keep-for-drop",
        "1.6",
        "设定去除某个节点的概率为 80%",
        "sets the probability of removing a node to 80 %",
        "`keep_prob = 0.8` is the probability of keeping it.",
    ),
    lecture(
        "factorized-for-vectorized",
        "1.6",
        "我们通过因子分解将它拆分成$50×m$维的",
        "by factorization we split it into 50 × m dimensions",
        "Vectorized over the $`m`$ examples, $`a^{[3]}`$ is $`50 \\times m`$. Nothing is \
         factorized.",
    ),
    lecture(
        "node-y",
        "1.9",
        "这是节点$y$ 的平方",
        "this is the square of the node y",
        "The square is taken elementwise, of each feature of $`x^{(i)}`$.",
    ),
    formula(
        "variance-for-deviation",
        "1.9",
        r"x= \frac{x}{\sigma ^2}",
        "The standard deviation $`\\sigma`$ divides: $`x / \\sigma^2`$ has the variance \
         $`1/\\sigma^2`$. The first version of the lecture has this slip too; later ones correct it.",
    ),
    formula(
        "first-for-last-layer",
        "1.10",
        r"$y= W^{[1]}\begin{bmatrix} 1.5 & 0 \\ 0 & 1.5 \\\end{bmatrix}^{(L -1)}x$",
        "The factor in front is the last layer's, $`W^{[L]}`$, which alone may have another shape.",
    ),
    lecture(
        "weight-for-variance",
        "1.11",
        r"最合理的方法就是设置$w_{i}=\frac{1}{n}$",
        "the most reasonable is to set w_i = 1/n",
        "The variance is $`\\operatorname{Var}(w_i) = \\frac{1}{n}`$. With every weight equal to \
         $`\\frac{1}{n}`$ all units of a layer stay the same.",
    ),
    formula(
        "uniform-for-normal",
        "1.11",
        r"np.random.rand(shape) * np.sqrt(\frac{2}{n^{[l-1]}})",
        "`np.random.randn`: normal numbers around 0. Those of `rand` lie between 0 and 1, so every \
         weight is positive.",
    ),
    lecture(
        "herd-for-he",
        "1.11",
        "一篇由**Herd**等人撰写的论文曾介绍过",
        "a paper by Herd et al. introduced it",
        "He et al., *Delving Deep into Rectifiers*, 2015.",
    ),
    lecture(
        "half-of-glorot",
        "1.11",
        r"方差取  $1/(n^{[l-1]} + n^{[l]})$  也可行",
        "a variance of 1/(n[l−1] + n[l]) works as well",
        "Glorot and Bengio's variance is $`2/(n^{[l-1]} + n^{[l]})`$.",
    ),
    formula(
        "quotient-without-f",
        "1.12",
        r"\frac{f(\theta + \varepsilon ) - (\theta -\varepsilon)}{2\varepsilon}",
        "The second term needs its function as well: $`f(\\theta - \\varepsilon)`$.",
    ),
    formula(
        "derivative-without-limit",
        "1.12",
        r"f^{'}\theta) = \operatorname{}\frac{f( \theta + \varepsilon) -f(\theta -\varepsilon)}{2\varepsilon}",
        "$`f'(\\theta)`$ is the limit of the quotient for $`\\varepsilon \\to 0`$.",
    ),
    formula(
        "sign-of-the-difference",
        "1.12",
        "(f(0.99) - f(1.01))/0.02 = 3.0001",
        "As written that is −3.0001: the value on the right comes first, \
         $`(f(1.01) - f(0.99))/0.02`$.",
    ),
    lecture(
        "matrices-for-vectors",
        "1.13",
        "把$dW^{[1]}$转换成矩阵",
        "turn dW[1] into a matrix",
        "Into a vector: a matrix is what it is already.",
    ),
    lecture(
        "hyperparameter-for-giant",
        "1.13",
        "$J$是超参数$\\theta$的一个函数",
        "J is a function of the hyperparameter θ",
        "θ is the one giant vector of all *parameters*; nothing in it is a hyperparameter.",
    ),
    lecture(
        "alarm-a-hundred-times-early",
        "1.13",
        "若大于  $10^{-5}$ ，那么很可能你的反向传播是错误的",
        "above 10⁻⁵ your backpropagation is probably wrong",
        "The lecture worries from $`10^{-3}`$ on; around $`10^{-5}`$ it looks at the components \
         again.",
    ),
    Erratum {
        work: Work::Initialization,
        ..formula(
            "lower-case-key",
            "initialize_parameters_zeros",
            "parameters['w' + str(l)] = np.zeros",
            "The key is `'W' + str(l)`; with `'w'` the forward pass ends in a `KeyError`.",
        )
    },
    Erratum {
        work: Work::Initialization,
        ..lecture(
            "root-in-the-variance",
            "initialize_parameters_he",
            "按照均值为 0,且方差为",
            "with mean 0 and a variance of √(2/n)",
            "$`\\sqrt{2/n}`$ is the standard deviation; the variance is $`2/n`$.",
        )
    },
    Erratum {
        work: Work::Regularization,
        ..formula(
            "open-parenthesis",
            "compute_cost_with_regularization",
            "(np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))",
            "The sum in parentheses is never closed: one `)` is missing.",
        )
    },
    Erratum {
        work: Work::GradientChecking,
        ..formula(
            "derivative-by-division",
            "backward_propagation",
            "dtheta = forward_propagation(x, theta) / theta",
            "The derivative of $`\\theta x`$ is $`x`$. The quotient is that only because $`J`$ is \
             linear, and is undefined at $`\\theta = 0`$.",
        )
    },
    Erratum {
        work: Work::GradientChecking,
        ..formula(
            "both-messages",
            "gradient_check_n",
            r#"print ("\033[92m" + "Your backward propagation works perfectly fine!"#,
            "The `else:` above it is missing, so a check that fails prints both messages.",
        )
    },
    Erratum {
        work: Work::GradientChecking,
        ..lecture(
            "one-in-a-million",
            "gradient_check_n",
            "意味着允许的最大相对误差在百万分之一左右",
            "means a largest relative error of about one in a million",
            "$`10^{-7}`$ is one in ten million.",
        )
    },
];

/// A line in Chinese, on a lecture unless said otherwise.
const fn lecture(
    id: &'static str,
    place: &'static str,
    quote: &'static str,
    english: &'static str,
    correction: &'static str,
) -> Erratum {
    Erratum {
        english: Some(english),
        ..formula(id, place, quote, correction)
    }
}

/// A formula or a line of code, which needs no translation, on a lecture unless said otherwise.
const fn formula(
    id: &'static str,
    place: &'static str,
    quote: &'static str,
    correction: &'static str,
) -> Erratum {
    Erratum {
        id,
        work: Work::Lectures,
        place,
        quote,
        english: None,
        correction,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ERRATA;
    use crate::syllabus::Syllabus;

    #[test]
    fn each_has_an_id_of_its_own_in_kebab_case() {
        let ids: BTreeSet<&str> = ERRATA.iter().map(|erratum| erratum.id).collect();
        assert_eq!(ids.len(), ERRATA.len());
        for id in ids {
            let is_kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(!id.is_empty() && id.chars().all(is_kebab), "{id}");
        }
    }

    #[test]
    fn each_says_what_is_wrong_and_what_is_right() {
        for erratum in ERRATA {
            let texts = [
                Some(erratum.quote),
                erratum.english,
                Some(erratum.correction),
            ];
            for text in texts.into_iter().flatten() {
                assert!(!text.trim().is_empty(), "{}", erratum.id);
            }
        }
    }

    #[test]
    fn each_is_about_something_that_the_course_has() {
        for erratum in ERRATA {
            let item = Syllabus::default().item(erratum.place);
            assert_eq!(
                item.map(|item| item.work),
                Some(erratum.work),
                "{}",
                erratum.id
            );
        }
    }

    #[test]
    fn a_line_in_chinese_is_translated() {
        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for erratum in ERRATA
            .iter()
            .filter(|erratum| erratum.quote.contains(is_chinese))
        {
            assert!(erratum.english.is_some(), "{}", erratum.id);
        }
    }
}
